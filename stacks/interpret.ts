import type { ReleasedImages } from "../components/delivery/releases.ts";
import type { Environment, Settings } from "../components/settings.ts";
import type { BoundTarget, TargetDescriptor } from "../components/targets/target.ts";
import { combinationProblems } from "./combinations.ts";
import { commonDefaults, defaultTarget, domainDefaults, environmentOfStack, targetDefaults } from "./defaults.ts";
import { environmentDefaults } from "./environment-defaults.ts";
import { fullKey, type Problem } from "./error.ts";
import { sectionSchemas } from "./json-schema.ts";
import { type Data, isData, type Layer, overlay } from "./layers.ts";
import { type Known, problemsOf, shown } from "./messages.ts";
import { environments, settingsSchema } from "./schema.ts";
import type { Sound } from "./sound.ts";

/** What a person said about a stack. */
export interface Source {
  readonly stack: string;
  /** The config's keys of namespace `trading-platform`, without it. */
  readonly config: Data;
  /** What the stack's record says it runs. */
  readonly release?: ReleasedImages | undefined;
  /** What the stack's lock says of third-party images: digests by the makers' references. */
  readonly mirrored?: Readonly<Record<string, string>> | undefined;
  /** Another target than the stack file's, for this run. */
  readonly target?: string;
}

/** Settings, or what is wrong with them; and the layers that they came from. */
export interface Interpretation {
  readonly settings: Settings | undefined;
  readonly problems: readonly Problem[];
  readonly layers: readonly Layer[];
  /** The chosen target, if there is one of that name. */
  readonly descriptor: TargetDescriptor | undefined;
}

/** Lays defaults and stack file over each other and checks everything; never throws for what a person wrote. */
export function interpret(source: Source, descriptors: readonly TargetDescriptor[]): Interpretation {
  const { stack } = source;
  const known: Known = () => sectionSchemas(descriptors);
  const environment = environmentOf(source);
  const chosen = chooseTarget(source, environment.value, descriptors);
  const sections = targetSections(source, descriptors, known, chosen.descriptor);
  const layers = layersOf(source, descriptors, environment, sections.bound);
  const values = overlay(layers);
  const parsed = settingsSchema.safeParse(values);
  const sound: Sound = {
    ...(parsed.success ? parsed.data : soundSections(values, parsed.error.issues)),
    ...(sections.bound === undefined ? {} : { target: sections.bound }),
  };
  const ownIssues = parsed.success ? [] : problemsOf(parsed.error.issues, values, known);
  const problems = [
    // A stack of an unknown kind: its own message says more than the missing key.
    ...ownIssues.filter(({ key }) => environment.problem === undefined || key !== environment.problem.key),
    ...(environment.problem === undefined ? [] : [environment.problem]),
    ...chosen.problems,
    ...sections.problems,
    ...combinationProblems(sound),
  ];
  const complete = parsed.success && sections.bound !== undefined && problems.length === 0;
  const settings = complete ? { stack, ...parsed.data, target: sections.bound } : undefined;
  return { settings, problems, layers, descriptor: chosen.descriptor };
}

interface EnvironmentChoice {
  readonly value: Environment | undefined;
  readonly problem?: Problem;
}

const isEnvironment = (value: unknown): value is Environment => environments.some((name) => name === value);

function environmentOf({ stack, config }: Source): EnvironmentChoice {
  const said = config.environment;
  if (said !== undefined) return { value: isEnvironment(said) ? said : undefined };
  const value = environmentOfStack.get(stack);
  if (value !== undefined) return { value };
  const message = `is missing: the stack's name "${stack}" does not tell it (dev, staging and prod do); say one of ${environments.join(", ")}`;
  return { value, problem: { key: fullKey(["environment"]), message } };
}

interface TargetChoice {
  readonly descriptor: TargetDescriptor | undefined;
  readonly problems: readonly Problem[];
}

function chooseTarget(
  { config, target }: Source,
  environment: Environment | undefined,
  descriptors: readonly TargetDescriptor[],
): TargetChoice {
  const wanted = target ?? config.target ?? (environment === undefined ? undefined : defaultTarget[environment]);
  const descriptor = descriptors.find(({ name }) => name === wanted);
  if (descriptor !== undefined || wanted === undefined) return { descriptor, problems: [] };
  const key = target === undefined ? fullKey(["target"]) : "--target";
  const names = descriptors.map(({ name }) => name).join(", ");
  return { descriptor, problems: [{ key, message: `${shown(["target"], wanted)} must be one of ${names}` }] };
}

interface TargetSections {
  readonly bound: BoundTarget | undefined;
  readonly problems: readonly Problem[];
}

/** Checks every target's section that is there, and binds the chosen target to its own. */
function targetSections(
  { config }: Source,
  descriptors: readonly TargetDescriptor[],
  known: Known,
  chosen: TargetDescriptor | undefined,
): TargetSections {
  const problems = descriptors.flatMap(({ name, schema }) => {
    if (config[name] === undefined && name !== chosen?.name) return [];
    const section = config[name] === undefined ? {} : config[name];
    const { error } = schema.safeParse(section, { error: plainMessage });
    const issues = (error?.issues ?? []).map((issue) => ({ ...issue, path: [name, ...issue.path] }));
    return problemsOf(issues, { [name]: section }, known);
  });
  const isSound = chosen !== undefined && !problems.some(({ key }) => isBelow(key, chosen.name));
  return { bound: isSound ? chosen.bind(config[chosen.name] ?? {}) : undefined, problems };
}

const isBelow = (key: string, section: string): boolean =>
  key === fullKey([section]) || key.startsWith(`${fullKey([section])}.`);

/** For what a target's schema has no message of its own. */
function plainMessage(issue: { readonly code?: string; readonly [key: string]: unknown }): string | undefined {
  const bound = `${issue.minimum ?? issue.maximum}`;
  switch (issue.code) {
    case "invalid_type":
      return `must be ${issue.expected === "object" ? "a section" : `a value of type ${issue.expected}`}`;
    case "too_small":
      return `must be at least ${bound}`;
    case "too_big":
      return `must be at most ${bound}`;
    case "invalid_value":
      return `must be one of ${Array.isArray(issue.values) ? issue.values.join(", ") : bound}`;
    default:
      return undefined;
  }
}

function layersOf(
  { stack, config, release, mirrored = {} }: Source,
  descriptors: readonly TargetDescriptor[],
  environment: EnvironmentChoice,
  bound: BoundTarget | undefined,
): readonly Layer[] {
  // Without an environment, target or domain the other sections are still checked, over defaults that are complete.
  const kind = environment.value ?? "development";
  const elsewhere = new Set(["target", ...descriptors.map(({ name }) => name)]);
  const said = Object.fromEntries(Object.entries(config).filter(([key]) => !elsewhere.has(key)));
  const domain = settingsSchema.shape.domain.safeParse(said.domain ?? environmentDefaults[kind].domain);
  return [
    { origin: "default", values: commonDefaults },
    { origin: "environment", values: { environment: kind, ...environmentDefaults[kind] } },
    { origin: "target", values: targetDefaults(bound, stack, kind) },
    { origin: "domain", values: domainDefaults(domain.success ? domain.data : "localhost") },
    { origin: "stack file", values: said },
    ...(release === undefined ? [] : [releaseLayer(release)]),
    ...(Object.keys(mirrored).length === 0 ? [] : [{ origin: "mirror" as const, values: { images: { mirrored } } }]),
  ];
}

const releaseLayer = ({ version, images }: ReleasedImages): Layer => ({
  origin: "release",
  values: { images: { version, digests: images } },
});

/** The sections that are right by themselves, so that what hangs between them is told at the same time. */
function soundSections(values: Data, issues: readonly { readonly path: readonly PropertyKey[] }[]): Sound {
  const bad = new Set(issues.map(({ path }) => path[0]));
  const rest = Object.fromEntries(
    Object.entries(values).filter(([key]) => !bad.has(key) && key in settingsSchema.shape),
  );
  return settingsSchema.partial().safeParse(isData(rest) ? rest : {}).data ?? {};
}
