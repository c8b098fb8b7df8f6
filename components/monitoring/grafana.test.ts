import { describe, expect, test } from "vitest";
import { settingsOf } from "../../tests/support/stacks.ts";
import { describePlatform, isWorkload, membersOf, platformProblems } from "../specification.ts";

const targets = ["docker", "ecs", "kubernetes"];

function membersWith(target: string, more: Readonly<Record<string, unknown>> = {}) {
  const settings = settingsOf("prod", target, more);
  const platform = describePlatform(settings);
  expect(platformProblems(settings, platform)).toEqual([]);
  const named = (wanted: string) =>
    membersOf(platform)
      .filter(isWorkload)
      .find(({ name }) => name === wanted);
  return { grafana: named("grafana"), gateway: named("gateway") };
}

describe.each(targets)("on %s", (target) => {
  test("with single sign-on nothing else lets anybody in, and the gateway leads there", () => {
    const { grafana, gateway } = membersWith(target);
    expect(grafana?.variables).toMatchObject({
      GF_SERVER_ROOT_URL: "https://grafana.trading.example.com/",
      GF_AUTH_ANONYMOUS_ENABLED: "false",
      GF_AUTH_BASIC_ENABLED: "false",
      GF_AUTH_DISABLE_LOGIN_FORM: "true",
      GF_USERS_ALLOW_SIGN_UP: "false",
      GF_SECURITY_COOKIE_SECURE: "true",
      GF_AUTH_GENERIC_OAUTH_ENABLED: "true",
      GF_AUTH_GENERIC_OAUTH_USE_PKCE: "true",
      GF_AUTH_GENERIC_OAUTH_TOKEN_URL: "https://id.example.com/oauth2/token",
      GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_STRICT: "true",
      GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_PATH:
        "contains(groups[*], 'platform') && 'Admin' || contains(groups[*], 'trading') && 'Editor' || contains(groups[*], 'staff') && 'Viewer'",
    });
    expect(grafana?.secretFiles).toContainEqual({
      path: grafana?.variables.GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET__FILE,
      secret: "grafanaOidcClientSecret",
    });
    expect(grafana?.internet).toBe(true);
    expect(gateway?.connectsTo).toContainEqual({ to: "grafana", port: "http" });
  });

  test("without it Grafana is reached by nobody from outside", () => {
    const { grafana, gateway } = membersWith(target, { grafana: {} });
    expect(grafana?.variables.GF_SERVER_ROOT_URL).toBe("http://localhost:13001/");
    expect(grafana?.variables).toMatchObject({
      GF_SECURITY_DISABLE_BRUTE_FORCE_LOGIN_PROTECTION: "false",
      GF_SECURITY_BRUTE_FORCE_LOGIN_PROTECTION_MAX_ATTEMPTS: "5",
      GF_AUTH_ANONYMOUS_ENABLED: "false",
      GF_USERS_ALLOW_SIGN_UP: "false",
    });
    // The image's own start reads files into variables: what is started in its place would pass over the password.
    expect(grafana?.command).toBeUndefined();
    expect(grafana?.secretFiles).toContainEqual({
      path: grafana?.variables.GF_SECURITY_ADMIN_PASSWORD__FILE,
      secret: "grafanaAdminPassword",
    });
    expect(Object.keys(grafana?.variables ?? {}).filter((name) => name.includes("OAUTH"))).toEqual([]);
    expect(grafana?.internet).toBe(false);
    expect(gateway?.connectsTo.map(({ to }) => to)).not.toContain("grafana");
    expect(gateway?.files.map(({ content }) => content).join()).not.toContain("grafana");
  });
});
