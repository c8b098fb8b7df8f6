import { section, text } from "./fields.ts";

const endpoint = (what: string, example: string) =>
  // A code or token on a plain connection is anybody's.
  text(what, /^https:\/\/[^\s"?#@]+$/, `a URL of https, without query, as ${example}`);

const group = (what: string) => text(what, /^[\w.:/@-]{1,100}$/, "a group of letters, digits and _.:/@-");

/** Who may look at the dashboards from outside. */
export const grafanaSection = section("Dashboards.", {
  oidc: section(
    "Single sign-on: with it Grafana is public, at grafana.<domain>. The client's secret is the secret grafanaOidcClientSecret.",
    {
      clientId: text("Grafana's id at the provider.", /^[\x21-\x7e]{1,200}$/, "a client id without spaces"),
      authUrl: endpoint("The provider's authorization endpoint.", "https://id.example.com/oauth2/authorize"),
      tokenUrl: endpoint("Its token endpoint.", "https://id.example.com/oauth2/token"),
      apiUrl: endpoint("Its userinfo endpoint.", "https://id.example.com/oauth2/userinfo"),
      scopes: text(
        "What is asked of the provider; default: openid profile email groups.",
        /^openid(?: [\w.:/-]+)*$/,
        "scopes with a space between, openid first",
      ).exactOptional(),
      groupsClaim: text(
        "Claim that lists a person's groups; default: groups.",
        /^[A-Za-z_]\w*$/,
        "a claim of letters, digits and _, as groups",
      ).exactOptional(),
      groups: section("The group that makes a person what Grafana calls so; who is in none is not let in.", {
        admin: group("Changes everything but what is provisioned."),
        editor: group("Explores and keeps dashboards of their own."),
        viewer: group("Looks."),
      }),
    },
  ).exactOptional(),
});
