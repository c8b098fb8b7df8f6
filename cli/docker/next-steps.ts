import type { Settings } from "../../components/settings.ts";
import type { SecretName } from "../../components/workload/index.ts";
import type { DeveloperHome } from "../engine/developer/home.ts";
import { openingsOf } from "../open/list.ts";

/** Who logs in to what. */
const logins: Readonly<Record<string, SecretName>> = {
  application: "applicationAdminPassword",
  grafana: "grafanaAdminPassword",
};

/**
 * What a newcomer wants to know when dev is up: what to look at, as whom, and what to do next. No password is in it.
 * @param leftOut what is missing for want of an image, a line each; the settings are without it already.
 */
export function nextSteps(
  settings: Settings,
  leftOut: readonly string[],
  { secretsFile }: Pick<DeveloperHome, "secretsFile">,
): readonly string[] {
  const { stack, backend } = settings;
  const openings = openingsOf(settings);
  const users = openings.flatMap(({ name }) => {
    const secret = logins[name];
    return secret === undefined ? [] : [`  ${name}: admin; the password is "${secret}" in ${secretsFile}`];
  });
  const steps = [
    [`./platform open ${stack}`, "what there is to look at, and where"],
    ["./platform status", "what runs, and how well"],
    ["./platform logs backend", "what it writes"],
    ...(backend.faults ? [["./platform drill RedisDown", "break it, and see who is told, how soon"]] : []),
    [`./platform destroy ${stack}`, "take it away; volumes with data stay"],
  ];
  return [
    "look at:",
    ...openings.map(({ name, url }) => `  ${name}: ${url}`),
    ...(leftOut.length > 0 ? ["not here:", ...leftOut.map((line) => `  ${line}`)] : []),
    ...(users.length > 0 ? ["log in as:", ...users] : []),
    "next:",
    ...steps.map(([command = "", what = ""]) => `  ${command.padEnd(28)}${what}`),
  ];
}
