import type { ResourceName } from "./identity.ts";
import type { Properties } from "./value.ts";

export type Operation = "create" | "update" | "delete";

/** What is not as it should be on purpose, for tests; each time, until the stand-ins are started without it. */
export type Fault = Failure | Drift;

/** Something that was changed by hand: what a read of the resource finds in place of what is recorded. */
export interface Drift {
  /** The resource's name, or the end of its URN (`::name`). */
  readonly resource: string;
  readonly on: "read";
  /** Laid over what is recorded; undefined where the resource is gone. */
  readonly found: Properties | undefined;
}

export interface Failure {
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

export function faultFor(faults: readonly Fault[], resource: ResourceName, on: Operation): Failure | undefined {
  return faults.filter((fault) => fault.on !== "read").find((fault) => fault.on === on && names(fault, resource));
}

export function driftFor(faults: readonly Fault[], resource: ResourceName): Drift | undefined {
  return faults.filter((fault) => fault.on === "read").find((fault) => names(fault, resource));
}

const names = ({ resource: wanted }: Fault, { urn, name }: ResourceName): boolean =>
  wanted.includes("::") ? urn.endsWith(wanted) : name === wanted;

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
