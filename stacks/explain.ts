import type { Settings } from "../components/settings.ts";
import type { TargetDescriptor } from "../components/targets/target.ts";
import type { Problem } from "./error.ts";
import { type Interpretation, interpret, type Source } from "./interpret.ts";
import { isData, type Leaf, leaves, type Origin, originsOf, overlay, valueAt } from "./layers.ts";
import { settingsSchema } from "./schema.ts";
import { settingsWarnings } from "./warnings.ts";

export interface ExplainedLeaf extends Leaf {
  readonly origin: Origin;
}

/** What `./platform settings` prints. */
export interface Explanation {
  readonly stack: string;
  /** Undefined where there are problems. */
  readonly settings: Settings | undefined;
  readonly leaves: readonly ExplainedLeaf[];
  readonly warnings: readonly Problem[];
  readonly problems: readonly Problem[];
}

/** Every effective value, as a stack file would say it, with its origin. */
export function explain(source: Source, descriptors: readonly TargetDescriptor[]): Explanation {
  const interpretation = interpret(source, descriptors);
  const { settings, problems, layers } = interpretation;
  const origins = originsOf(layers);
  const own = leaves(overlay(layers)).map((leaf) => ({ ...leaf, origin: origins.get(leaf.key) ?? "default" }));
  const [environment, ...others] = own.toSorted((one, other) => rank(one) - rank(other));
  return {
    stack: source.stack,
    settings,
    leaves: [
      ...(environment === undefined ? [] : [environment]),
      ...targetLeaves(source, interpretation),
      ...others,
      ...sectionLeaves(source, interpretation),
    ],
    warnings: settings === undefined ? [] : settingsWarnings(settings),
    problems,
  };
}

/** In the order of the schema, which is the order of the documentation. */
const rank = ({ key }: Leaf): number => Object.keys(settingsSchema.shape).indexOf(key.split(".")[0] ?? "");

function targetLeaves({ config, target }: Source, { descriptor }: Interpretation): readonly ExplainedLeaf[] {
  if (descriptor === undefined) return [];
  const origin = target !== undefined ? "command line" : config.target !== undefined ? "stack file" : "environment";
  return [{ key: "target", value: descriptor.name, origin }];
}

/** The chosen target's section, its schema's defaults filled in. */
function sectionLeaves({ config }: Source, { descriptor }: Interpretation): readonly ExplainedLeaf[] {
  if (descriptor === undefined) return [];
  const said = config[descriptor.name] ?? {};
  const { data } = descriptor.schema.safeParse(said);
  return leaves(isData(data) ? data : {}, [descriptor.name])
    .filter(({ value }) => value !== undefined)
    .map((leaf) => ({
      ...leaf,
      origin: valueAt(said, leaf.key.split(".").slice(1)) === undefined ? "default" : "stack file",
    }));
}
