import { Driver, type DriverRules } from "../../driver.ts";
import type { EngineLog } from "../../engine-log.ts";
import { parseUrn } from "../../identity.ts";
import { ProviderError } from "../../served-provider.ts";
import type { Properties } from "../../value.ts";
import { docker } from "../model.ts";
import { connect, type Daemon } from "./client.ts";
import { container } from "./container.ts";
import { connectionProblem } from "./errors.ts";
import { remoteImage } from "./image.ts";
import { network } from "./network.ts";
import { configProblems } from "./registry-logins.ts";
import type { DrivenResource, Operation } from "./resource.ts";
import { type DrivenType, isDriven, unsupported } from "./unsupported.ts";
import { volume } from "./volume.ts";

const resources: Readonly<Record<DrivenType, DrivenResource>> = {
  "docker:index/container:Container": container,
  "docker:index/network:Network": network,
  "docker:index/remoteImage:RemoteImage": remoteImage,
  "docker:index/volume:Volume": volume,
};

const rules: DriverRules = { model: docker, drives: "the Docker daemon", configProblems, unsupported };

/**
 * The docker provider on a real daemon. Where it does more than the plugin: an update of a container waits for it to be
 * healthy as its creation does, so that one that failed does not pass for good later.
 */
export class DaemonProvider extends Driver<Operation> {
  readonly #log: EngineLog;
  readonly #daemons = new Map<string, Promise<Daemon>>();

  constructor(log: EngineLog) {
    super(rules);
    this.#log = log;
  }

  protected override async operate<Result>(
    urn: string,
    config: Properties,
    action: (resource: DrivenResource, operation: Operation) => Promise<Result>,
  ): Promise<Result> {
    const { type } = parseUrn(urn);
    if (!isDriven(type)) throw new ProviderError(unsupported(type, {})[0]?.reason);
    const daemon = await this.#daemonOf(config);
    const debug = (message: string): void => this.#log.debug(urn, message);
    try {
      return await this.cancellation.run((signal) => action(resources[type], { daemon, signal, debug }));
    } catch (error) {
      const gone = connectionProblem(error, daemon.address);
      throw gone === undefined ? error : new ProviderError(gone);
    }
  }

  /** One connection for each configuration; one that failed is tried again. */
  #daemonOf(config: Properties): Promise<Daemon> {
    const key = JSON.stringify(config);
    const known = this.#daemons.get(key);
    if (known !== undefined) return known;
    const daemon = connect(config);
    this.#daemons.set(key, daemon);
    daemon.catch(() => this.#daemons.delete(key));
    return daemon;
  }
}
