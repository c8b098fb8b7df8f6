import { z } from "zod";

/** How IAM decides, as far as our own policies go: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
const oneOrMore = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === "string" ? [value] : value));
const document = z.object({
  Statement: z.array(
    z.strictObject({
      Sid: z.string().optional(),
      Effect: z.enum(["Allow", "Deny"]),
      Principal: z.unknown().optional(),
      Action: oneOrMore,
      /** Absent in a trust policy. */
      Resource: oneOrMore.default(["*"]),
      Condition: z.record(z.string(), z.record(z.string(), oneOrMore)).default({}),
    }),
  ),
});

/** What somebody asks for. */
export interface Ask {
  readonly action: string;
  /** Default: any. */
  readonly resource?: string;
  /** Keys of conditions; a key that the request does not have is absent. */
  readonly context?: Readonly<Record<string, string>>;
}

/** Whether a policy allows it: an allowance is needed, and a denial wins. */
export function isAllowed(policy: string, ask: Ask): boolean {
  const meant = document.parse(JSON.parse(policy)).Statement.filter(
    ({ Action, Resource, Condition }) =>
      // Actions are compared without case.
      Action.some((action) => isLike(action.toLowerCase(), ask.action.toLowerCase())) &&
      Resource.some((resource) => isLike(resource, ask.resource ?? "*")) &&
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, values]) => holds(operator, ask.context?.[key], values)),
      ),
  );
  return meant.some(({ Effect }) => Effect === "Allow") && !meant.some(({ Effect }) => Effect === "Deny");
}

function holds(operator: string, value: string | undefined, values: readonly string[]): boolean {
  switch (operator) {
    case "StringEquals":
    case "ArnEquals":
      return value !== undefined && values.includes(value);
    case "StringNotEquals":
      // True where there is no value, as all that negate.
      return value === undefined || !values.includes(value);
    case "Null":
      return values.includes(String(value === undefined));
    default:
      throw new Error(`no test knows the operator ${operator}`);
  }
}

/** `*` stands for any letters, `?` for one. */
function isLike(pattern: string, text: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(text);
}
