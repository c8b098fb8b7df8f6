import Docker from "dockerode";
import { ProviderError } from "../../served-provider.ts";
import type { Properties } from "../../value.ts";
import { type DaemonAddress, daemonAddress } from "./address.ts";
import { connectionProblem, daemonsWords } from "./errors.ts";
import { type DaemonFeatures, featuresOf } from "./features.ts";
import { type RegistryLogin, registryLogins } from "./registry-logins.ts";
import { asText } from "./values.ts";

/** A daemon that answers. */
export interface Daemon {
  readonly docker: Docker;
  readonly address: DaemonAddress;
  readonly features: DaemonFeatures;
  readonly logins: readonly RegistryLogin[];
}

/** Connects as a provider resource is configured. Throws a ProviderError where no daemon answers, or not to this user. */
export async function connect(config: Properties): Promise<Daemon> {
  const address = daemonAddress(asText(config.host), asText(config.certPath));
  const docker = new Docker(address.options);
  try {
    const { ApiVersion } = await docker.version();
    return { docker, address, features: featuresOf(ApiVersion), logins: registryLogins(config) };
  } catch (error) {
    throw new ProviderError(connectionProblem(error, address) ?? `${address.text}: ${daemonsWords(error)}`);
  }
}
