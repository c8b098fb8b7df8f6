import { isWorkload, membersOf, type PlatformSpec } from "../../components/specification.ts";
import { at, number, text } from "../support/json.ts";
import { type Rendering, render } from "../support/render.ts";
import { configOf, settingsOf } from "../support/stacks.ts";
import { type Allowance, complaints, expectation, type Site } from "./compare.ts";
import { contracts, type TargetName } from "./contracts.ts";

/** A stack on a target with a platform, and what that target made of it. */
export interface Case {
  readonly target: TargetName;
  readonly site: Site;
  readonly rendering: Rendering;
}

/** Renders a platform with the settings of a stack's file on `target`, and `more` in their place. */
export async function caseOf(
  stack: string,
  target: TargetName,
  platformOf: (settings: Site["settings"]) => PlatformSpec,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Case> {
  const settings = settingsOf(stack, target, more);
  const platform = platformOf(settings);
  const config = configOf(stack, target, more);
  const hosts = at(config, "ecs", "hosts");
  const site: Site = {
    settings,
    members: membersOf(platform),
    publicAddress: text(at(config, "docker", "publicAddress")) ?? "127.0.0.1",
    ingress: at(config, "kubernetes", "publicAccess", "kind") !== "load-balancer",
    // The section's defaults, and the monitoring host.
    hosts: { minimum: (number(at(hosts, "minimum")) ?? 2) + 1, maximum: (number(at(hosts, "maximum")) ?? 12) + 1 },
  };
  return { target, site, rendering: await render(settings, platform) };
}

/** What is right and wrong with a case. */
export interface Verdict {
  /** Where a workload is other than stated and allowed; empty when the contract is kept. */
  readonly complaints: readonly string[];
  /** Allowances that were needed. */
  readonly used: readonly Allowance[];
}

/** Holds every workload of a case against its spec. */
export function judge({ target, site, rendering }: Case): Verdict {
  const { read, allowances } = contracts[target];
  const verdicts = site.members.filter(isWorkload).map((spec) => {
    const { observed, used } = expectation(spec, site, allowances);
    const found = read(rendering, spec.name, site.settings).flatMap((one) => complaints(spec, site, observed, one));
    return { complaints: [...new Set(found)], used };
  });
  return {
    complaints: verdicts.flatMap((verdict) => verdict.complaints),
    used: verdicts.flatMap(({ used }) => used),
  };
}
