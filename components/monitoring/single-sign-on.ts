import { grafanaDomain } from "../access.ts";
import type { OidcSettings, Settings } from "../settings.ts";
import type { SecretFile } from "../workload/index.ts";

const clientSecret = "/etc/grafana-secrets/oidc-client-secret";

export const singleSignOnSecrets: readonly SecretFile[] = [{ path: clientSecret, secret: "grafanaOidcClientSecret" }];

/**
 * Grafana's variables for a login at the identity provider, and at nothing else (grafana.com, "Configure generic OAuth").
 * No form and no basic authentication: the one local account has no way in, so nobody can guess its password.
 */
export const singleSignOn = (settings: Pick<Settings, "domain">, oidc: OidcSettings) => ({
  GF_SERVER_DOMAIN: grafanaDomain(settings),
  GF_SECURITY_COOKIE_SECURE: "true",
  // Lax and not strict: the provider's answer comes from another site.
  GF_SECURITY_COOKIE_SAMESITE: "lax",
  GF_AUTH_DISABLE_LOGIN_FORM: "true",
  GF_AUTH_BASIC_ENABLED: "false",
  // A shift, and a day: who has left the company is out with its provider's next word.
  GF_AUTH_LOGIN_MAXIMUM_INACTIVE_LIFETIME_DURATION: "12h",
  GF_AUTH_LOGIN_MAXIMUM_LIFETIME_DURATION: "24h",
  GF_AUTH_GENERIC_OAUTH_ENABLED: "true",
  GF_AUTH_GENERIC_OAUTH_NAME: "single sign-on",
  // A link of a page leads to its panel, with no button between.
  GF_AUTH_GENERIC_OAUTH_AUTO_LOGIN: "true",
  GF_AUTH_GENERIC_OAUTH_CLIENT_ID: oidc.clientId,
  GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET__FILE: clientSecret,
  GF_AUTH_GENERIC_OAUTH_SCOPES: oidc.scopes ?? "openid profile email groups",
  GF_AUTH_GENERIC_OAUTH_AUTH_URL: oidc.authUrl,
  GF_AUTH_GENERIC_OAUTH_TOKEN_URL: oidc.tokenUrl,
  GF_AUTH_GENERIC_OAUTH_API_URL: oidc.apiUrl,
  GF_AUTH_GENERIC_OAUTH_USE_PKCE: "true",
  // Whoever has a role gets an account at the first login; whoever has none is refused.
  GF_AUTH_GENERIC_OAUTH_ALLOW_SIGN_UP: "true",
  GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_PATH: rolePath(oidc),
  GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_STRICT: "true",
  // An administrator of what is provisioned, never of the server.
  GF_AUTH_GENERIC_OAUTH_ALLOW_ASSIGN_GRAFANA_ADMIN: "false",
});

/** JMESPath over the person's claims; the highest role wins. */
function rolePath({ groupsClaim = "groups", groups }: OidcSettings): string {
  const has = (group: string) => `contains(${groupsClaim}[*], '${group}')`;
  return `${has(groups.admin)} && 'Admin' || ${has(groups.editor)} && 'Editor' || ${has(groups.viewer)} && 'Viewer'`;
}
