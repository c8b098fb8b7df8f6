import { text } from "node:stream/consumers";
import type { Daemon } from "../../offline/docker/daemon/client.ts";
import { daemonsWords, isMissing } from "../../offline/docker/daemon/errors.ts";
import { pull } from "../../offline/docker/daemon/image.ts";
import { UserError } from "../console/error.ts";
import { archiveNamed } from "./archive.ts";

/** The images of a Docker daemon. */
export interface ImageStore {
  /** The image of this name; undefined for none. */
  find(reference: string): Promise<Stored | undefined>;
  /** Why it could not be pulled; undefined when it was. */
  pull(reference: string, signal: AbortSignal): Promise<string | undefined>;
  /** Takes the image of a docker-archive, under this name. */
  load(archive: string, reference: string): Promise<void>;
}

export interface Stored {
  /** Of the image itself, whatever it is called. */
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly bytes: number;
  /** `repository@sha256:…` of each registry that it was pulled from. */
  readonly digests: readonly string[];
}

export function storeOf(daemon: Daemon): ImageStore {
  const { docker } = daemon;
  return {
    async find(reference) {
      try {
        const { Id, Config, Size, RepoDigests } = await docker.getImage(reference).inspect();
        return { id: Id, labels: Config.Labels ?? {}, bytes: Size, digests: RepoDigests ?? [] };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    pull: (reference, signal) => pull(reference, { daemon, signal }),
    async load(archive, reference) {
      const answer = await docker
        .loadImage(archiveNamed(archive, reference), { quiet: true })
        .catch((error: unknown) => {
          throw new UserError(`Docker did not take the image ${archive}: ${daemonsWords(error)}`);
        });
      // The daemon answers 200 and reports what goes wrong in the stream.
      const said = await text(answer);
      if (said.includes('"error"')) throw new UserError(`Docker did not take the image ${archive}: ${said.trim()}`);
    },
  };
}
