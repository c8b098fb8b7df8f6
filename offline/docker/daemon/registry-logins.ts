import type { Problem } from "../../check.ts";
import { isProperties, list, object, type Properties, type Value } from "../../value.ts";
import { asText } from "./values.ts";

/** Who pulls from a registry. */
export interface RegistryLogin {
  readonly serveraddress: string;
  readonly username: string;
  readonly password: string;
}

/** What a provider resource may say. */
const known = ["host", "certPath", "registryAuth", "version", "pluginDownloadURL", "disableDockerDaemonCheck"];
const knownOfLogin = ["address", "username", "password", "authDisabled"];

/** What the driver does not know of a provider's configuration, by name. */
export function configProblems(config: Properties): readonly Problem[] {
  const unknown = (keys: readonly string[], allowed: readonly string[], at: string): readonly Problem[] =>
    keys
      .filter((key) => !allowed.includes(key) && !key.startsWith("__"))
      .map((key) => ({
        property: at + key,
        reason: `is not known to the driver of the Docker daemon (it knows ${allowed.join(", ")}); remove it`,
      }));
  return [
    ...unknown(Object.keys(config), known, ""),
    ...loginsIn(config).flatMap((login, index) => unknown(Object.keys(login), knownOfLogin, `registryAuth[${index}].`)),
  ];
}

export const registryLogins = (config: Properties): readonly RegistryLogin[] =>
  loginsIn(config).map(({ address, username, password }) => ({
    serveraddress: asText(address) ?? "",
    username: asText(username) ?? "",
    password: asText(password) ?? "",
  }));

/** The login for an image's registry: the part of its name before the first slash, if it is one. */
export function loginFor(image: string, logins: readonly RegistryLogin[]): RegistryLogin | undefined {
  const [first = ""] = image.split("/", 1);
  const registry = image.includes("/") && /[.:]|^localhost$/.test(first) ? first : "docker.io";
  return logins.find(({ serveraddress }) => serveraddress.replace(/^https?:\/\//, "").split("/", 1)[0] === registry);
}

/** A provider resource sends structures as JSON text. */
function loginsIn({ registryAuth }: Properties): readonly Properties[] {
  const text = asText(registryAuth);
  const logins: Value = text === undefined ? (registryAuth ?? []) : JSON.parse(text);
  return list(logins).map(object).filter(isProperties);
}
