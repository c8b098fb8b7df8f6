/** What a run of the engine can be asked to do. */
export type Operation = "preview" | "up" | "refresh" | "destroy";

/** An operation that touches what is there. */
export type Deployment = Exclude<Operation, "preview">;

/** What happens to one resource, in the words of the reviewer. */
export type Change = "same" | "create" | "update" | "replace" | "delete" | "read" | "refresh";

export interface PropertyChange {
  /** Path in the resource's inputs, as the engine writes it (`spec.replicas`, `ports[0].external`). */
  readonly path: string;
  readonly kind: "add" | "update" | "delete";
  readonly forcesReplacement: boolean;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** One resource of the run. */
export interface Step {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** URN of the parent; empty for the stack itself. */
  readonly parent: string;
  readonly change: Change;
  /** `planned` after a preview, or when the run ended before the resource was finished. */
  readonly state: "planned" | "done" | "failed";
  readonly properties: readonly PropertyChange[];
  /** The inputs as the engine reports them; it has put `[secret]` in the place of every secret. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** A message of a policy about a resource, or about the stack as a whole. */
export interface PolicyFinding {
  readonly policy: string;
  readonly pack: string;
  /** URN, or empty when the policy is about the whole stack. */
  readonly urn: string;
  /** Name and type of the resource; the stack's own for a policy about the whole stack. */
  readonly resource: string;
  readonly type: string;
  readonly message: string;
}

export interface Diagnostic {
  readonly severity: "info" | "warning" | "error";
  /** URN of the resource it is about, or empty. */
  readonly urn: string;
  readonly message: string;
}

/** Where the time of a run went, in seconds from its start to the end of each phase; a phase that did not happen is absent. */
export interface Timeline {
  /** The child process runs and knows what to do. */
  readonly started?: number;
  /** The Automation API is imported, workspace and stand-in providers are ready, the engine is started. */
  readonly prepared?: number;
  /** First event of the engine. */
  readonly engine?: number;
  /** Policy packs are loaded and the program begins. */
  readonly policies?: number;
  /** The program's modules are imported (beside the engine's start). */
  readonly imported?: number;
  /** The program returned; resources may still be registering. */
  readonly program?: number;
  /** The last resource is registered and judged. */
  readonly resources?: number;
  /** The engine has ended. */
  readonly ended?: number;
}

export interface RunResult {
  readonly stack: string;
  readonly operation: Operation;
  readonly outcome: "succeeded" | "failed" | "interrupted";
  /** How many resources the program has, without the stack itself and without providers. */
  readonly resources: number;
  /** How many resources see each change, counted as `resources` is. */
  readonly changes: Readonly<Record<Change, number>>;
  readonly steps: readonly Step[];
  /** Findings of mandatory policies. */
  readonly violations: readonly PolicyFinding[];
  /** Findings of advisory policies, and of mandatory ones that could not be judged. */
  readonly warnings: readonly PolicyFinding[];
  /** Everything else that the engine, the providers and the program said, without what only repeats the above. */
  readonly diagnostics: readonly Diagnostic[];
  /** The stack's outputs, `[secret]` in the place of secrets. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly seconds: number;
  readonly timeline: Timeline;
}

/** Something worth a line while a run is under way. */
export type Progress =
  | { readonly kind: "phase"; readonly phase: keyof Timeline }
  | { readonly kind: "step"; readonly step: Step; readonly registered: number }
  | { readonly kind: "diagnostic"; readonly diagnostic: Diagnostic };

/** True when nothing mandatory is violated and the run came to its end. */
export const passed = (result: RunResult): boolean => result.outcome === "succeeded" && result.violations.length === 0;

/** The name in a URN: what stands behind the last `::` of the four parts. */
export const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

/** The type in a URN, without its parents' types. */
export const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";
