import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import {
  type Change,
  type Diagnostic,
  nameOf,
  type PolicyFinding,
  type PropertyChange,
  type Step,
  typeOf,
} from "./result.ts";

/** What the engine's events say about one run. */
export interface Collected {
  readonly steps: ReadonlyMap<string, Step>;
  readonly violations: readonly PolicyFinding[];
  readonly warnings: readonly PolicyFinding[];
  readonly diagnostics: readonly Diagnostic[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Collects a run's events; each call of `add` returns what is worth telling at once. */
export interface Collector {
  add(event: EngineEvent): Step | Diagnostic | undefined;
  collected(): Collected;
}

/**
 * The engine says "replace" in three steps (create-replacement, replace, delete-replaced); for a reader they
 * are one. What is only bookkeeping is left out.
 */
const changes: Readonly<Record<string, Change>> = {
  same: "same",
  create: "create",
  import: "create",
  update: "update",
  replace: "replace",
  "create-replacement": "replace",
  "import-replacement": "replace",
  delete: "delete",
  discard: "delete",
  read: "read",
  "read-replacement": "read",
  refresh: "refresh",
};

const propertyKinds: Readonly<Record<string, Pick<PropertyChange, "kind" | "forcesReplacement">>> = {
  add: { kind: "add", forcesReplacement: false },
  "add-replace": { kind: "add", forcesReplacement: true },
  delete: { kind: "delete", forcesReplacement: false },
  "delete-replace": { kind: "delete", forcesReplacement: true },
  update: { kind: "update", forcesReplacement: false },
  "update-replace": { kind: "update", forcesReplacement: true },
};

/** The steps that a property path has: `a.b[0]["c.d"]` → a, b, 0, c.d. */
export const pathSteps = (path: string): readonly string[] =>
  [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, key]) => quoted?.replaceAll('\\"', '"') ?? index ?? key ?? "",
  );

/** What stands in the place of a secret. */
export const hidden = "[secret]";

/** The value at a property path, or undefined where there is none; what is inside of a secret is as secret as it is. */
export function valueAt(value: unknown, path: string): unknown {
  let current = value;
  for (const step of pathSteps(path)) {
    if (readable(current) === hidden) return hidden;
    if (typeof current !== "object" || current === null) return undefined;
    current = Object.entries(current).find(([key]) => key === step)?.[1];
  }
  return current;
}

function propertyChanges(step: StepEventMetadata): readonly PropertyChange[] {
  const forcing = new Set(step.keys ?? []);
  const detailed = Object.entries(step.detailedDiff ?? {}).map(([path, { diffKind }]) => ({
    path,
    ...(propertyKinds[diffKind] ?? { kind: "update" as const, forcesReplacement: false }),
  }));
  const plain = (step.diffs ?? []).map((path) => ({ path, kind: "update" as const, forcesReplacement: false }));
  return (detailed.length > 0 ? detailed : plain).map((change) => ({
    ...change,
    forcesReplacement: change.forcesReplacement || forcing.has(change.path),
    before: readable(valueAt(step.old?.inputs, change.path) ?? valueAt(step.old?.outputs, change.path)),
    after: readable(valueAt(step.new?.inputs, change.path)),
  }));
}

/** @param before what is known of the resource from earlier events. */
function toStep(metadata: StepEventMetadata, reached: Step["state"], before: Step | undefined): Step | undefined {
  const change = changes[metadata.op];
  if (change === undefined) return undefined;
  // This one is for the books alone; its successor is made, or was, in a step of its own.
  const state = metadata.op === "replace" ? (before?.state ?? "planned") : reached;
  const known = metadata.new ?? metadata.old;
  return {
    urn: metadata.urn,
    type: metadata.type,
    name: nameOf(metadata.urn),
    parent: known?.parent ?? "",
    change,
    state,
    properties: propertyChanges(metadata),
    inputs: readableRecord(known?.inputs ?? {}),
  };
}

/** Said about every run with our own way of starting a policy pack, and about every run that failed: no news. */
const noNews = [
  /^using pulumi-analyzer-policy-nodejs from \$PATH/,
  /^(preview|update|refresh|destroy|up) failed$/,
  // Of an inline program: what it has logged as errors, each of them told already.
  /^One or more errors occurred/,
];

/** A message without the engine's colour marks, and without the SDK's own lines of a stack trace. */
const wording = (message: string): string =>
  message
    .replaceAll(/<\{%[^%]*%\}>/g, "")
    .replaceAll(/\n\s+at .*(node_modules|node:).*/g, "")
    .trimEnd();

/**
 * A collector of one run's events.
 * @param planned true for a preview: its steps stay planned.
 */
export function makeCollector(planned: boolean): Collector {
  const steps = new Map<string, Step>();
  const violations: PolicyFinding[] = [];
  const warnings: PolicyFinding[] = [];
  const diagnostics: Diagnostic[] = [];
  let outputs: Readonly<Record<string, unknown>> = {};

  const keep = (metadata: StepEventMetadata, reached: Step["state"]): Step | undefined => {
    const before = steps.get(metadata.urn);
    const step = toStep(metadata, reached, before);
    if (step === undefined) return undefined;
    // The engine goes on about a replaced resource after the step that says so.
    const replaced = before?.change === "replace";
    const merged = {
      ...step,
      ...(replaced ? { change: "replace" as const } : {}),
      ...(before !== undefined && step.properties.length === 0 ? { properties: before.properties } : {}),
    };
    steps.set(step.urn, merged);
    return merged;
  };

  return {
    add(event) {
      const { policyEvent, diagnosticEvent, resourcePreEvent, resOutputsEvent, resOpFailedEvent } = event;
      if (policyEvent !== undefined) {
        const urn = policyEvent.resourceUrn ?? "";
        const finding = {
          policy: policyEvent.policyName,
          pack: policyEvent.policyPackName,
          urn,
          resource: nameOf(urn),
          type: typeOf(urn),
          message: wording(policyEvent.message),
        };
        (policyEvent.enforcementLevel === "mandatory" ? violations : warnings).push(finding);
      }
      if (diagnosticEvent !== undefined) {
        const severity = severityOf(diagnosticEvent.severity);
        const message = wording(diagnosticEvent.message);
        if (severity === undefined || diagnosticEvent.ephemeral || message === "") return undefined;
        if (noNews.some((pattern) => pattern.test(message))) return undefined;
        const diagnostic = { severity, urn: diagnosticEvent.urn ?? "", message };
        diagnostics.push(diagnostic);
        return diagnostic;
      }
      if (resourcePreEvent !== undefined) return keep(resourcePreEvent.metadata, "planned");
      if (resOpFailedEvent !== undefined) return keep(resOpFailedEvent.metadata, "failed");
      if (resOutputsEvent !== undefined) {
        const { metadata } = resOutputsEvent;
        if (metadata.type === "pulumi:pulumi:Stack") outputs = readableRecord(metadata.new?.outputs ?? outputs);
        return keep(metadata, planned ? "planned" : "done");
      }
      return undefined;
    },
    collected: () => ({ steps, violations, warnings, diagnostics, outputs }),
  };
}

function severityOf(severity: string): Diagnostic["severity"] | undefined {
  if (severity === "error" || severity === "warning") return severity;
  return severity === "info" || severity === "info#err" ? "info" : undefined;
}

/** The key by which the engine marks special values, and its value for a secret (sdk/go/common/resource/sig). */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** A value of an event with `[secret]` where a secret was; the engine has taken the value itself out already. */
export function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value).some(([key, mark]) => key === signature && mark === secretSignature)
    ? hidden
    : readableRecord(value);
}

const readableRecord = (value: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(value).map(([key, member]) => [key, readable(member)]));

/** What is counted and shown as a resource: neither the stack nor a provider. */
export const isResource = (step: Pick<Step, "type">): boolean =>
  step.type !== "pulumi:pulumi:Stack" && !step.type.startsWith("pulumi:providers:");

/** How many of the steps see each change. */
export function countChanges(steps: Iterable<Step>): Readonly<Record<Change, number>> {
  const counts = { same: 0, create: 0, update: 0, replace: 0, delete: 0, read: 0, refresh: 0 };
  for (const step of steps) if (isResource(step)) counts[step.change] += 1;
  return counts;
}
