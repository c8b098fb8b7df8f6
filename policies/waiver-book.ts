import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { stackOf } from "./settings.ts";
import { covers, isExpired, readWaivers, type Waiver, type WaiverFile } from "./waivers.ts";

/** The waivers of one run, and which of them were needed. */
export interface WaiverBook {
  /** Reads the file, once. Without `file`: what {@link VARIABLE} names, else waivers.yaml where Pulumi runs. */
  load(file: string | undefined): Promise<void>;
  /** The waiver that holds today for a policy's findings at a resource; it counts as used. */
  waiverFor(policy: string, urn: string): Waiver | undefined;
  /** What is wrong with the file, and what has expired in this stack; one line each. */
  problems(stack: string): readonly string[];
  /** Waivers for this stack that nothing was found for. */
  unused(stack: string): readonly Waiver[];
}

/** Names the file for runs whose folder is not the program's, as those of `./platform`. */
export const VARIABLE = "POLICY_WAIVERS";

/**
 * @param policies names of the policies that can be waived.
 * @param today as `2026-12-31`, in UTC.
 */
export function openWaiverBook(policies: readonly string[], today: string): WaiverBook {
  let loading: Promise<WaiverFile> | undefined;
  let content: WaiverFile = { waivers: [], problems: [] };
  const used = new Set<Waiver>();
  const inStack = (stack: string): readonly Waiver[] => content.waivers.filter(({ stacks }) => stacks.includes(stack));
  return {
    load: async (file) => {
      loading ??= readFile(file, policies);
      content = await loading;
    },
    waiverFor: (policy, urn) => {
      const waiver = inStack(stackOf(urn)).find((each) => covers(each, policy, urn) && !isExpired(each, today));
      if (waiver !== undefined) used.add(waiver);
      return waiver;
    },
    problems: (stack) => [
      ...content.problems,
      ...inStack(stack)
        .filter((waiver) => isExpired(waiver, today))
        .map(
          ({ place, policy, expires, owner }) => `${place}: ${policy}: expired on ${expires}; ${owner} answers for it`,
        ),
    ],
    unused: (stack) => inStack(stack).filter((waiver) => !used.has(waiver) && !isExpired(waiver, today)),
  };
}

async function readFile(named: string | undefined, policies: readonly string[]): Promise<WaiverFile> {
  const file = named ?? process.env[VARIABLE] ?? join(process.cwd(), "waivers.yaml");
  const isAsked = named !== undefined || process.env[VARIABLE] !== undefined;
  if (!isAsked && !existsSync(file)) return { waivers: [], problems: [] };
  try {
    const source = readFileSync(file, "utf8");
    // Only where there are waivers: it would be a tenth of the pack's start.
    const { parse } = await import("yaml");
    return readWaivers(parse(source), basename(file), policies);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return { waivers: [], problems: [`${file}: cannot be read: ${reason}`] };
  }
}
