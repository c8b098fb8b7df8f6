import type { PolicyConfigSchema } from "@pulumi/policy";
import { ENVIRONMENTS, type Environment, environmentNamed } from "./enforcement.ts";
import type { Context, Parameter, Policy } from "./policy.ts";

/** What a person may set for a policy in the pack's configuration; Pulumi checks it before anything runs. */
export const schemaOf = ({ parameters }: Pick<Policy, "parameters">): PolicyConfigSchema => ({
  properties: {
    environment: {
      type: "string",
      enum: [...ENVIRONMENTS],
      description:
        "What the stack is judged as. Default: its tag `environment`, else its name (dev, staging, prod), else production.",
    },
    strict: {
      type: "boolean",
      default: false,
      description: "A guarded property that is not known before the update blocks the preview; else it is a warning.",
    },
    ...Object.fromEntries(parameters.map((parameter) => [parameter.name, parameterSchema(parameter)])),
  },
});

const parameterSchema = ({ description, minimum, maximum, default: value }: Parameter) => ({
  type: "integer" as const,
  description,
  minimum,
  ...(maximum === undefined ? {} : { maximum }),
  // The engine would fill in a default of the schema, and then nobody could tell it from what a person set.
  ...(typeof value === "number" ? { default: value } : {}),
});

/** What a policy is told about a run, beside the resources. */
export interface Settings {
  readonly context: Context;
  /** Whether what is not known yet blocks. */
  readonly strict: boolean;
}

/**
 * Reads the configuration of one policy, as Pulumi hands it over, checked.
 * @param urn of any of the stack's resources: each one names the stack, in a deployment and in `policy analyze` alike.
 */
export function settingsOf(config: object, tags: ReadonlyMap<string, string>, urn: string): Settings {
  const given = new Map<string, unknown>(Object.entries(config));
  const environment = environmentOf(given.get("environment"), tags.get("environment"), stackOf(urn));
  const setting = ({ name, default: value }: Parameter): number => {
    const set = given.get(name);
    if (typeof set === "number") return set;
    return typeof value === "number" ? value : value[environment];
  };
  return { context: { environment, setting }, strict: given.get("strict") === true };
}

function environmentOf(set: unknown, tag: string | undefined, stack: string): Environment {
  return ENVIRONMENTS.find((environment) => environment === set) ?? environmentNamed(tag ?? stack);
}

/** `urn:pulumi:<stack>::<project>::<types>::<name>` */
const stackOf = (urn: string): string => /^urn:pulumi:(.*?)::/.exec(urn)?.[1] ?? "";
