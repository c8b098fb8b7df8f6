import type { ResourceName } from "./identity.ts";

export type Operation = "create" | "update" | "delete";

/** What goes wrong on purpose, for tests. It goes wrong each time, until the stand-ins are started without it. */
export interface Fault {
  /** The resource's name, or the end of its URN (`::name`). */
  readonly resource: string;
  readonly on: Operation;
  readonly kind: "fail" | "slow";
  /** What a failure says. Default: that it was injected. */
  readonly message?: string;
  /** How long a slow operation takes. Default 60,000. A cancelled update ends it at once. */
  readonly milliseconds?: number;
  /**
   * The failure comes after the id exists: the partial state is recorded with `initErrors`. Default: what the real
   * provider does for the type (a Docker container that does not start, a Kubernetes object that does not get ready).
   */
  readonly afterId?: boolean;
}

export function faultFor(faults: readonly Fault[], resource: ResourceName, on: Operation): Fault | undefined {
  const names = (wanted: string): boolean =>
    wanted.includes("::") ? resource.urn.endsWith(wanted) : resource.name === wanted;
  return faults.find((fault) => fault.on === on && names(fault.resource));
}

/** Waits that a cancelled update cuts short. */
export class Waits {
  readonly #running = new Set<AbortController>();

  /** False if it was cancelled. */
  async wait(milliseconds: number): Promise<boolean> {
    const controller = new AbortController();
    this.#running.add(controller);
    const done = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(true), milliseconds);
      controller.signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve(false);
      });
    });
    this.#running.delete(controller);
    return done;
  }

  cancel(): void {
    for (const controller of this.#running) {
      controller.abort();
    }
  }
}
