import type { Policy } from "./policy.ts";

/**
 * Configurations for the whole pack, for `--policy-pack-config`: `recommended` says what holds where nothing is
 * configured, as a start for one's own; `strict` judges every stack as production, and lets nothing pass unjudged.
 */
export type SetName = "recommended" | "strict";

export const SETS: readonly SetName[] = ["recommended", "strict"];

/** The content of sets/<name>.json. */
export function renderSet(name: SetName, policies: readonly Policy[]): string {
  const config = Object.fromEntries(policies.map((policy) => [policy.name, CONFIG[name](policy)]));
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

const CONFIG: Readonly<Record<SetName, (policy: Policy) => object>> = {
  recommended: (policy) => ({ enforcementLevel: "mandatory", strict: false, ...defaults(policy) }),
  strict: () => ({ enforcementLevel: "mandatory", strict: true, environment: "production" }),
};

/** Numbers that are the same in every environment; the others follow it. */
const defaults = ({ parameters }: Policy): object =>
  Object.fromEntries(
    parameters.flatMap(({ name, default: value }) => (typeof value === "number" ? [[name, value]] : [])),
  );
