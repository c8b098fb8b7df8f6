import { connect, type Daemon } from "../../offline/docker/daemon/client.ts";
import { ProviderError } from "../../offline/served-provider.ts";
import { valueAt } from "../../stacks/layers.ts";
import type { Source } from "../../stacks/read.ts";
import { UserError } from "../console/error.ts";

/** The address of the daemon that a stack's file names; undefined where it names none. */
export function namedDaemon({ config }: Source): string | undefined {
  const host = valueAt(config, ["docker", "host"]);
  return typeof host === "string" ? host : undefined;
}

/**
 * Connects as the Docker driver of the stacks does. Throws a UserError with the way out where no daemon answers, or not
 * to this user.
 * @param address default: DOCKER_HOST, else this machine's.
 */
export async function openDaemon(address: string | undefined): Promise<Daemon> {
  try {
    return await connect(address === undefined ? {} : { host: address });
  } catch (error) {
    throw error instanceof ProviderError ? new UserError(error.message) : error;
  }
}
