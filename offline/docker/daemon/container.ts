import type Docker from "dockerode";
import { poll } from "../../cancellation.ts";
import { redact, secretTexts } from "../../redaction.ts";
import { PartialFailure, ProviderError } from "../../served-provider.ts";
import { number, object, type Properties, text } from "../../value.ts";
import { limitDrift, observedInputs, shouldRun } from "./container-drift.ts";
import { describeFailure } from "./container-failure.ts";
import { logOf } from "./container-log.ts";
import { createOptions } from "./container-options.ts";
import { containerOutputs } from "./container-outputs.ts";
import { connectionProblem, daemonsWords, isConflict, isMissing, statusOf } from "./errors.ts";
import { tooNewFor } from "./features.ts";
import { ensureImage } from "./image.ts";
import { updateOptions } from "./limits.ts";
import { furtherNetworks } from "./networks.ts";
import type { DrivenResource, Operation } from "./resource.ts";
import { uploadsArchive } from "./uploads.ts";
import { asFlag, asText } from "./values.ts";
import { isSick, runs, stateOf, untilEnded, untilHealthy, WaitFailure } from "./waiting.ts";

/** Seconds that a container is waited for to be healthy, and to end when it is attached to; the official plugin's own. */
const usualWait = 60;
const longestRun = 20 * 60;

/** How long the daemon is given to take away what it says it is taking away, in ms. */
const removalTimeout = 30_000;

/** A container: made, put into its networks, filled, started and waited for. */
export const container: DrivenResource = {
  async create(inputs, operation) {
    refuseTooNew(inputs, operation);
    const made = await make(inputs, operation);
    // From here on it exists, and whatever goes wrong, its id must be known.
    const properties = await orPartialFailure(made, inputs, operation, async () => {
      await prepare(made, inputs, operation);
      if (asFlag(inputs.start) === false) return containerOutputs(inputs, await made.inspect());
      await start(made, inputs);
      return settle(made, inputs, operation);
    });
    return { id: made.id, properties };
  },
  async read({ id, properties }, inputs, { daemon }) {
    const existing = daemon.docker.getContainer(id);
    const info = await inspect(existing);
    if (info === undefined) return undefined;
    const given = Object.keys(inputs).length > 0 ? inputs : { name: info.Name.slice(1), image: info.Image };
    const known = observedInputs(given, info);
    const outputs = containerOutputs(known, info, text(properties.containerLogs));
    // Without this a refresh would take the failure off the record, and the next update would pass for good.
    if (asFlag(given.wait) && isSick(info)) {
      throw new PartialFailure(await describeFailure(existing, stateOf(info), given), info.Id, outputs, known);
    }
    return { id: info.Id, properties: outputs, inputs: known };
  },
  async update({ id, properties }, inputs, operation) {
    const existing = operation.daemon.docker.getContainer(id);
    const before = await inspect(existing);
    if (before === undefined) {
      throw new ProviderError(
        `container ${id.slice(0, 12)} is gone; \`./platform refresh\` notes it, then up makes it anew`,
      );
    }
    return orPartialFailure(existing, inputs, operation, async () => {
      await changeLimits(existing, before, inputs);
      if (!shouldRun(inputs)) {
        return containerOutputs(inputs, await existing.inspect(), text(properties.containerLogs));
      }
      if (!runs(before)) await start(existing, inputs);
      return settle(existing, inputs, operation);
    });
  },
  async delete({ id, properties }, { daemon, signal }) {
    const existing = daemon.docker.getContainer(id);
    // Without a time to end by itself it is killed at once, as the official plugin does.
    const seconds = number(properties.destroyGraceSeconds) ?? 0;
    const name = asText(properties.name) ?? id.slice(0, 12);
    try {
      if (!asFlag(properties.attach)) {
        await existing.stop({ t: seconds, abortSignal: signal }).catch(unlessSoAlready);
      }
      await existing.remove({ v: asFlag(properties.removeVolumes) ?? true, force: true });
    } catch (error) {
      if (isMissing(error)) return;
      if (signal.aborted) throw new ProviderError(`container ${name}: the update was interrupted while it was stopped`);
      if (!isConflict(error)) throw new ProviderError(`container ${name} cannot be removed: ${daemonsWords(error)}`);
    }
    const gone = await poll(async () => ((await inspect(existing)) ? undefined : true), removalTimeout, signal);
    if (gone === undefined) throw new ProviderError(`container ${name} is still there: the daemon does not remove it`);
  },
};

function refuseTooNew(inputs: Properties, { daemon, debug }: Operation): void {
  const problems = tooNewFor(daemon.features, inputs);
  if (problems.length > 0) {
    throw new ProviderError(problems.map(({ property, reason }) => `${property} ${reason}`).join("; "));
  }
  if (object(inputs.healthcheck).startInterval !== undefined && !daemon.features.startInterval) {
    debug(
      `healthcheck.startInterval needs a daemon with API 1.44, this one has ${daemon.features.apiVersion}: ` +
        "left out, so that the check runs at its usual interval while the container starts",
    );
  }
}

/** A request whose address and body are said apart. */
interface Split {
  readonly _query: Readonly<Record<string, string | undefined>>;
  readonly _body: Docker.ContainerCreateOptions;
}

async function make(inputs: Properties, operation: Operation): Promise<Docker.Container> {
  const { docker } = operation.daemon;
  await ensureImage(asText(inputs.image) ?? "", operation, asText(inputs.platform));
  const { name, platform, ...body } = createOptions(inputs, operation.daemon.features);
  // Said apart, because else the client writes everything, variables too, into the address, which daemons log.
  const request: Docker.ContainerCreateOptions & Split = {
    _query: { name, ...(platform === undefined ? {} : { platform }) },
    _body: body,
  };
  try {
    return await docker.createContainer(request);
  } catch (error) {
    const wayOut = isConflict(error)
      ? ` Somebody else made it, or it is left over: look with \`docker inspect ${name}\`, and remove it with \`docker rm -f ${name}\``
      : "";
    throw new ProviderError(
      redact(`container ${name} cannot be made: ${daemonsWords(error)}.${wayOut}`, secretTexts(inputs)),
    );
  }
}

/** Its other networks and its files, before it starts. */
async function prepare(made: Docker.Container, inputs: Properties, { daemon }: Operation): Promise<void> {
  for (const { name, endpoint } of furtherNetworks(inputs)) {
    await daemon.docker.getNetwork(name).connect({ Container: made.id, EndpointConfig: endpoint });
  }
  const archive = await uploadsArchive(inputs.uploads);
  if (archive !== undefined) await made.putArchive(archive, { path: "/" });
}

async function start(made: Docker.Container, inputs: Properties): Promise<void> {
  try {
    await made.start().catch(unlessSoAlready);
  } catch (error) {
    const taken = /port is already allocated|address already in use/.test(daemonsWords(error));
    if (!taken) throw error;
    const name = asText(inputs.name) ?? made.id.slice(0, 12);
    throw new WaitFailure(
      `${daemonsWords(error)}: another program or container has a port of this machine that ${name} needs; ` +
        "find it with `docker ps` or `ss -ltnp`",
    );
  }
}

/** Waits for what the program asks for; the outputs then, with the log of a container that ran once if it asks for that. */
async function settle(made: Docker.Container, inputs: Properties, { signal }: Operation): Promise<Properties> {
  if (asFlag(inputs.wait)) await untilHealthy(made, number(inputs.waitTimeout) ?? usualWait, signal);
  if (asFlag(inputs.attach)) {
    await untilEnded(made, longestRun, signal);
    const log = asFlag(inputs.logs) ? await logOf(made, asFlag(inputs.tty) ?? false) : "";
    return containerOutputs(inputs, await made.inspect(), log);
  }
  const info = await made.inspect();
  if (shouldRun(inputs) && !runs(info)) throw new WaitFailure(stateOf(info));
  return containerOutputs(inputs, info);
}

/** `docker update`, and a look whether the daemon did it: it takes "no limit any more" without a word and does nothing. */
async function changeLimits(
  existing: Docker.Container,
  before: Docker.ContainerInspectInfo,
  inputs: Properties,
): Promise<void> {
  if (differing(inputs, before).length === 0) return;
  await existing.update(updateOptions(inputs));
  const left = differing(inputs, await existing.inspect());
  if (left.length > 0) {
    throw new WaitFailure(
      `the daemon does not change ${left.join(", ")} in place; have it made anew (pulumi up --replace <urn>)`,
    );
  }
}

const differing = (inputs: Properties, info: Docker.ContainerInspectInfo): readonly string[] =>
  Object.entries(limitDrift(inputs, info)).flatMap(([key, value]) => (value === undefined ? [] : [key]));

/**
 * Whatever goes wrong with a container that exists is recorded with its id, and told with what the container said; also
 * when the daemon is gone in the middle.
 */
async function orPartialFailure<Result>(
  existing: Docker.Container,
  inputs: Properties,
  { daemon }: Operation,
  action: () => Promise<Result>,
): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    const reason =
      error instanceof WaitFailure ? error.message : (connectionProblem(error, daemon.address) ?? daemonsWords(error));
    const message = await describeFailure(existing, reason, inputs);
    const info = await existing.inspect().catch(() => undefined);
    throw new PartialFailure(message, existing.id, info ? containerOutputs(inputs, info) : inputs, inputs);
  }
}

/** 304: it runs, or stands, already; for the client that is an error. */
function unlessSoAlready(error: unknown): void {
  if (statusOf(error) !== 304) throw error;
}

async function inspect(existing: Docker.Container): Promise<Docker.ContainerInspectInfo | undefined> {
  try {
    return await existing.inspect();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
