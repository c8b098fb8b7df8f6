import type { Fault } from "../../offline/faults.ts";
import type { Patience } from "../../offline/start.ts";
import type { Operation, Progress, RunResult } from "./result.ts";
import type { DrivenTarget } from "./target-provider.ts";

/** What the child process is told, once, when it is up. No secret is in here: those are in files that the engine reads. */
export interface EngineRequest {
  readonly operation: Operation;
  readonly stack: string;
  /** For refresh and destroy: only find out what would happen. Default: false. */
  readonly planOnly?: boolean;
  /** For a preview: read what is really there first. Default: false. */
  readonly refresh?: boolean;
  /** For an update: what the stack's history says of it. */
  readonly message?: string;
  /** For a refresh: what is refreshed. Default: everything. */
  readonly urns?: readonly string[];
  /** Module whose default export is the Pulumi program. */
  readonly program: string;
  /** Folder with the Pulumi.yaml and Pulumi.<stack>.yaml that this run reads. */
  readonly workDirectory: string;
  /** Path of the Pulumi CLI. */
  readonly pulumi: string;
  /** Added to the child's own environment for the engine. */
  readonly environment: Readonly<Record<string, string>>;
  /** Folders of policy packs. */
  readonly policyPacks: readonly string[];
  /** True: make the stack when the backend does not have it. */
  readonly createStack: boolean;
  /** The target whose resources are made by our driver, because the official plugin cannot be had. Default: none. */
  readonly driver?: DrivenTarget;
  /** Stand-in providers to start for this run; absent: the engine starts the real plugins. */
  readonly standIns?: {
    readonly backend: { readonly directory: string; readonly url: string };
    readonly faults: readonly Fault[];
    /** ECS services are made where AWS_ENDPOINT_URL says. Default: in the state alone. */
    readonly services?: Patience;
  };
}

export type ToChild =
  | { readonly kind: "run"; readonly request: EngineRequest }
  /** Finish what is under way, start nothing new. */
  | { readonly kind: "interrupt" }
  /** End at once. */
  | { readonly kind: "kill" };

export type FromChild =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "result"; readonly result: RunResult }
  /** The run could not even begin. */
  | { readonly kind: "broken"; readonly message: string };
