import { randomUUID } from "node:crypto";
import { redact, secretTexts } from "../../redaction.ts";
import { type Found, PartialFailure, ProviderError, type State } from "../../served-provider.ts";
import { object, type Properties, revealAll, secret, text, type Value } from "../../value.ts";
import { type Cluster, type ObjectName, refusalOf } from "./client.ts";
import { takeOver } from "./field-managers.ts";
import { observedInputs } from "./observed.ts";
import { fieldManagerIn, outputsOf, secretContent } from "./outputs.ts";
import type { Operation } from "./resource.ts";
import { freeStuckPods } from "./stuck-pods.ts";
import { untilGone, untilReady, verdictOn, WaitFailure } from "./waiting.ts";

/** Makes an object, which must not be there yet, and waits until it is ready. */
export async function createObject(name: ObjectName, inputs: Properties, operation: Operation): Promise<State> {
  const { cluster } = operation;
  const path = await cluster.pathOf(name);
  const found = await cluster.request({ method: "GET", path });
  if (found.status === 200) {
    throw new ProviderError(
      `${shown(name)} is there already: somebody else made it, or it is left over. Look with ` +
        `\`${kubectl("get", name)}\`; remove it with \`${kubectl("delete", name)}\`, or take it over with \`pulumi import\``,
    );
  }
  if (found.status !== 404) throw new ProviderError(`${shown(name)} cannot be made: ${refusalOf(found)}`);
  // Ours alone: what another manager sets is seen as a conflict, and not overwritten.
  const fieldManager = `pulumi-kubernetes-${randomUUID().slice(0, 8)}`;
  const applied = await apply(name, inputs, fieldManager, cluster);
  const id = idOf(name, applied);
  const live = await orPartialFailure(id, inputs, fieldManager, () =>
    isAwaited(inputs) ? untilReady(name, applied, operation) : Promise.resolve(applied),
  );
  return { id, properties: outputsOf(live, inputs, fieldManager) };
}

/** Applies the inputs on the server, and waits until the object is ready. Answers the outputs. */
export async function updateObject(
  name: ObjectName,
  state: State,
  inputs: Properties,
  operation: Operation,
): Promise<Properties> {
  const { cluster } = operation;
  const path = await cluster.pathOf(name);
  const before = await cluster.request({ method: "GET", path });
  if (before.status === 404) {
    throw new ProviderError(`${shown(name)} is gone; \`./platform refresh\` notes it, then up makes it anew`);
  }
  if (before.status !== 200) throw new ProviderError(`${shown(name)} cannot be read: ${refusalOf(before)}`);
  const fieldManager = fieldManagerIn(state.properties) ?? `pulumi-kubernetes-${randomUUID().slice(0, 8)}`;
  await takeOver(before.body, path, fieldManager, cluster);
  const applied = await apply(name, inputs, fieldManager, cluster);
  const changed = generationOf(applied) !== generationOf(before.body);
  const live = await orPartialFailure(state.id, inputs, fieldManager, async () => {
    if (!isAwaited(inputs)) return applied;
    await freeStuckPods(name, applied, operation);
    return untilReady(name, applied, operation, changed ? before.body : undefined);
  });
  return outputsOf(live, inputs, fieldManager);
}

/** What there is now; undefined where it is gone. What does not work is told, so that the next update sees to it. */
export async function readObject(
  name: ObjectName,
  state: State,
  inputs: Properties,
  { cluster }: Operation,
): Promise<Found | undefined> {
  const answer = await cluster.request({ method: "GET", path: await cluster.pathOf(name) });
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw new ProviderError(`${shown(name)} cannot be read: ${refusalOf(answer)}`);
  const live = answer.body;
  const fieldManager = fieldManagerIn(state.properties) ?? `pulumi-kubernetes-${randomUUID().slice(0, 8)}`;
  const known =
    Object.keys(inputs).length > 0 ? await observed(name, inputs, live, fieldManager, cluster) : imported(live);
  const properties = outputsOf(live, known, fieldManager);
  const id = idOf(name, live);
  const verdict = isAwaited(inputs) ? await verdictOn(live, cluster) : undefined;
  if (verdict !== undefined && verdict.state !== "ready") {
    throw new PartialFailure(`${shown(name)}: ${verdict.reasons.join("; ")}`, id, properties, known);
  }
  return { id, properties, inputs: known };
}

/** Deletes an object with what it owns, and waits until it is gone. What is gone already is deleted. */
export async function deleteObject(name: ObjectName, { properties }: State, operation: Operation): Promise<void> {
  const { cluster, timeoutSeconds, signal } = operation;
  const path = await cluster.pathOf(name);
  const uid = text(object(properties.metadata).uid);
  const answer = await cluster.request({
    method: "DELETE",
    path,
    body: {
      apiVersion: "v1",
      kind: "DeleteOptions",
      propagationPolicy: propagationOf(properties),
      // Not one that somebody made anew under the same name.
      ...(uid === undefined ? {} : { preconditions: { uid } }),
    },
  });
  if (answer.status === 404) return;
  // In conflict: it is another one of the same name, or a namespace that is being emptied.
  if (answer.status >= 300 && answer.status !== 409)
    throw new ProviderError(`${shown(name)} cannot be deleted: ${refusalOf(answer)}`);
  const gone = await untilGone(path, uid, {
    ...operation,
    timeoutSeconds: timeoutSeconds ?? secondsIn(properties),
  }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
    throw new ProviderError(`${shown(name)}: the update was interrupted while it was deleted`);
  });
  if (!gone) {
    const waitingFor = `see its finalizers with \`${kubectl("get", name)} -o yaml\``;
    throw new ProviderError(`${shown(name)} is still there: something holds it; ${waitingFor}`);
  }
}

/** Seconds that `pulumi.com/timeoutSeconds` asks for. */
export function secondsIn(inputs: Properties): number | undefined {
  const said = annotation(inputs, "timeoutSeconds");
  return said === undefined ? undefined : Number(said);
}

async function apply(
  name: ObjectName,
  inputs: Properties,
  fieldManager: string,
  cluster: Cluster,
): Promise<Properties> {
  const answer = await send(name, inputs, fieldManager, cluster, {
    force: String(annotation(inputs, "patchForce") === "true"),
  });
  if (answer.status === 200 || answer.status === 201) return answer.body;
  const secrets = secretTexts(
    name.kind === "Secret" ? { ...inputs, stringData: secret(inputs.stringData ?? {}) } : inputs,
  );
  const wayOut =
    answer.status === 409
      ? '. Somebody else manages that field: leave it out here, or take it over with the annotation pulumi.com/patchForce: "true"'
      : "";
  throw new ProviderError(redact(`${shown(name)} is refused: ${refusalOf(answer)}${wayOut}`, secrets));
}

/** A server-side apply: the server merges, and notes who set what. */
const send = async (
  name: ObjectName,
  inputs: Properties,
  fieldManager: string,
  cluster: Cluster,
  query: Readonly<Record<string, string>>,
) =>
  cluster.request({
    method: "PATCH",
    path: await cluster.pathOf(name),
    query: { fieldManager, fieldValidation: "Strict", ...query },
    contentType: "application/apply-patch+yaml",
    body: withoutNull(revealAll(inputs)),
  });

/** What was changed by hand stands in the place of what was asked for; found out by an apply that stores nothing. */
async function observed(
  name: ObjectName,
  inputs: Properties,
  live: Properties,
  fieldManager: string,
  cluster: Cluster,
): Promise<Properties> {
  const { status, body } = await send(name, inputs, fieldManager, cluster, { force: "true", dryRun: "All" });
  return observedInputs(inputs, status === 200 ? body : undefined, live);
}

/** The inputs of an object that a program takes over: all but what the cluster notes. */
function imported({ status: _, metadata, ...rest }: Properties): Properties {
  const kept = ["name", "namespace", "labels", "annotations"];
  const said = Object.entries(object(metadata)).filter(([key]) => kept.includes(key));
  const taken = { ...rest, metadata: Object.fromEntries(said) };
  return rest.kind === "Secret" ? secretContent(taken) : taken;
}

async function orPartialFailure<Result>(
  id: string,
  inputs: Properties,
  fieldManager: string,
  action: () => Promise<Result>,
): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof WaitFailure)) throw error;
    throw new PartialFailure(error.message, id, outputsOf(error.live, inputs, fieldManager), inputs);
  }
}

const annotation = (inputs: Properties, name: string): string | undefined =>
  text(object(object(inputs.metadata).annotations)[`pulumi.com/${name}`]);

const isAwaited = (inputs: Properties): boolean => annotation(inputs, "skipAwait") !== "true";

/** What the plugin takes: what is owned goes first, unless the annotation says otherwise. */
function propagationOf(properties: Properties): string {
  const said = annotation(properties, "deletionPropagationPolicy")?.toLowerCase();
  return said === "orphan" ? "Orphan" : said === "background" ? "Background" : "Foreground";
}

const generationOf = ({ metadata }: Properties): Value => object(metadata).generation ?? null;

const idOf = ({ name }: ObjectName, { metadata }: Properties): string => {
  const namespace = text(object(metadata).namespace);
  return namespace === undefined ? name : `${namespace}/${name}`;
};

/** To JSON null is a value; to a program it is one that was not given. */
function withoutNull(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, it]) => it !== null)
      .map(([key, it]) => [key, withoutNull(it)]),
  );
}

const shown = ({ kind, namespace, name }: ObjectName): string =>
  `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;

const kubectl = (verb: string, { kind, namespace, name }: ObjectName): string =>
  `kubectl ${verb} ${kind.toLowerCase()} ${name}${namespace === undefined ? "" : ` -n ${namespace}`}`;
