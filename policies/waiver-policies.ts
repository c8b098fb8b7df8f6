import type { PackPolicy } from "./pack-policy.ts";
import { send } from "./sdk-report.ts";
import { stackOf } from "./settings.ts";
import { VARIABLE, type WaiverBook } from "./waiver-book.ts";

const VALID_WAIVERS = "require-valid-waivers";
const UNUSED_WAIVERS = "forbid-unused-waivers";

const STACK = "pulumi:pulumi:Stack";

/**
 * Reads the waivers and refuses bad ones. Comes first in the pack: Pulumi runs a resource through the policies in
 * their order, so the others find the waivers read. Without it nothing is waived.
 */
export const validWaivers = (book: WaiverBook): PackPolicy => ({
  name: VALID_WAIVERS,
  displayName: "Waivers are complete and in force",
  description: "Each waiver says stacks, policy, resource, reason, owner and last day, and that day has not passed.",
  enforcementLevel: "mandatory",
  severity: "high",
  configSchema: {
    properties: {
      file: {
        type: "string",
        minLength: 1,
        description: `The file with the waivers. Default: what ${VARIABLE} names, else waivers.yaml where Pulumi runs.`,
      },
    },
  },
  validateResource: async (args, report) => {
    const { file }: { readonly file?: string } = args.getConfig();
    await book.load(file);
    if (args.type !== STACK) return args.notApplicable(`${VALID_WAIVERS} judges the stack`);
    for (const problem of book.problems(stackOf(args.urn))) {
      const message = `${VALID_WAIVERS}: ${problem}; repair: put the waiver right, or delete it and repair what it covers`;
      send(report, { message, urn: args.urn });
    }
  },
});

/** Refuses waivers that nothing was found for. Comes last in the pack, when all others have judged the stack. */
export const unusedWaivers = (book: WaiverBook): PackPolicy => ({
  name: UNUSED_WAIVERS,
  displayName: "Waivers cover something",
  description: "A waiver that nothing was found for is deleted: it would cover the next mistake.",
  enforcementLevel: "mandatory",
  severity: "medium",
  validateStack: (args, report) => {
    const urn = args.resources.find(({ type }) => type === STACK)?.urn;
    for (const { place, policy, resource } of book.unused(stackOf(urn ?? ""))) {
      const message = `${UNUSED_WAIVERS}: ${place}: ${policy} finds nothing at ${resource}; repair: delete the waiver`;
      send(report, { message, ...(urn === undefined ? {} : { urn }) });
    }
  },
});
