import { finished } from "node:stream/promises";
import type Docker from "dockerode";
import { ProviderError } from "../../served-provider.ts";
import type { Properties, Value } from "../../value.ts";
import { daemonsWords, isConflict, isMissing } from "./errors.ts";
import { loginFor } from "./registry-logins.ts";
import type { DrivenResource, Operation } from "./resource.ts";
import { asFlag, asText } from "./values.ts";

/** An image by its reference: the one on the daemon, else pulled. */
export const remoteImage: DrivenResource = {
  async create(inputs, operation) {
    const reference = asText(inputs.name) ?? "";
    const image = await ensureImage(reference, operation, asText(inputs.platform));
    return { id: idOf(image, reference), properties: outputs(inputs, image, reference) };
  },
  async read({ id, properties }, inputs, { daemon }) {
    const reference = asText(inputs.name) ?? asText(properties.name) ?? id.replace(/^sha256:[0-9a-f]{64}/, "");
    const image = await inspect(daemon.docker, reference);
    if (image === undefined) return undefined;
    const known = Object.keys(inputs).length > 0 ? inputs : { name: reference };
    return { id: idOf(image, reference), properties: outputs(known, image, reference), inputs: known };
  },
  async update(_, inputs, operation) {
    const reference = asText(inputs.name) ?? "";
    return outputs(inputs, await ensureImage(reference, operation, asText(inputs.platform)), reference);
  },
  async delete({ properties }, { daemon }) {
    const reference = asText(properties.name) ?? "";
    if (asFlag(properties.keepLocally)) return;
    try {
      await daemon.docker.getImage(reference).remove({ force: asFlag(properties.forceRemove) ?? false });
    } catch (error) {
      if (isMissing(error)) return;
      const wayOut = isConflict(error) ? "; remove what uses it, or set keepLocally" : "";
      throw new ProviderError(`image ${reference} cannot be removed: ${daemonsWords(error)}${wayOut}`);
    }
  },
};

/** The image on the daemon, pulled if it is not there. Throws a ProviderError that names it and the ways out. */
export async function ensureImage(
  reference: string,
  operation: Operation,
  platform?: string,
): Promise<Docker.ImageInspectInfo> {
  const { docker } = operation.daemon;
  const there = await inspect(docker, reference);
  if (there !== undefined) return there;
  const byId = reference.startsWith("sha256:");
  const obstacle = byId ? "it is named by its id, which no registry knows" : await pull(reference, operation, platform);
  const pulled = obstacle === undefined ? await inspect(docker, reference) : undefined;
  if (pulled !== undefined) return pulled;
  throw new ProviderError(
    `image ${reference} is not on the Docker daemon and cannot be pulled: ${obstacle ?? "the pull brought another one"}. ` +
      "Ways out: build it here (./platform images build), load it (docker load), " +
      "or name a registry that can be reached (trading-platform:images)",
  );
}

/** Why it could not be pulled; undefined when it was. */
export async function pull(
  reference: string,
  operation: Pick<Operation, "daemon" | "signal">,
  platform?: string,
): Promise<string | undefined> {
  const { daemon, signal } = operation;
  const authconfig = loginFor(reference, daemon.logins);
  try {
    const stream = await daemon.docker.pull(reference, {
      abortSignal: signal,
      ...(platform === undefined ? {} : { platform }),
      ...(authconfig === undefined ? {} : { authconfig }),
    });
    return await lastProblem(daemon.docker, stream);
  } catch (error) {
    return signal.aborted ? "the update was interrupted" : daemonsWords(error);
  }
}

/** The daemon answers 200 and reports what goes wrong in the stream. */
async function lastProblem(docker: Docker, stream: NodeJS.ReadableStream): Promise<string | undefined> {
  let problem: string | undefined;
  const followed = new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(
      stream,
      (error) => (error === null ? resolve() : reject(error)),
      ({ error }: { readonly error?: unknown }) => {
        if (typeof error === "string") problem = error;
      },
    );
  });
  await Promise.all([followed, finished(stream)]);
  return problem;
}

async function inspect(docker: Docker, reference: string): Promise<Docker.ImageInspectInfo | undefined> {
  try {
    return await docker.getImage(reference).inspect();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The official plugin's own form. */
const idOf = ({ Id }: Docker.ImageInspectInfo, reference: string): string => `${Id}${reference}`;

function outputs(inputs: Properties, { Id, RepoDigests }: Docker.ImageInspectInfo, reference: string): Properties {
  const repository = reference.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
  const digest: Value = RepoDigests?.find((it) => it.startsWith(`${repository}@`)) ?? RepoDigests?.[0] ?? "";
  return { ...withoutMarks(inputs), imageId: Id, repoDigest: digest };
}

const withoutMarks = ({ __defaults: _, ...rest }: Properties): Properties => rest;
