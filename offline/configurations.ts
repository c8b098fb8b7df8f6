import type { Properties } from "./value.ts";

/**
 * The configuration of each provider resource of a program. Requests do not say which one they are for, but the engine
 * opens one connection for each, so the connection tells.
 */
export class Configurations {
  readonly #byPeer = new Map<string, Properties>();
  #last: Properties = {};

  set(peer: string, configuration: Properties): void {
    this.#byPeer.set(peer, configuration);
    this.#last = configuration;
  }

  /** That of the connection; after a reconnection the one set last. */
  get(peer: string): Properties {
    return this.#byPeer.get(peer) ?? this.#last;
  }
}
