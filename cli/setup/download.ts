import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { step } from "../console/progress.ts";
import { cacheFolder } from "./cache.ts";
import { runLogged } from "./program.ts";
import type { Maker } from "./tool.ts";

interface Release {
  readonly name: string;
  /** Folder of the release's files, without a slash at the end. */
  readonly url: string;
  readonly archive: string;
  /** File of `<sha256>  <archive>` lines. */
  readonly checksums: string;
  /** Path of the program in the archive. */
  readonly member: string;
}

/** A host that does not answer within this is not reachable from here; the next way is tried. */
const connectTimeout = 5_000;
const downloadTimeout = 10 * 60_000;

/** Downloads a release's archive, compares it with the published checksum and unpacks the program. */
export function download({ name, url, archive, checksums, member }: Release): Maker {
  return async (folder, signal) => {
    const host = new URL(url).host;
    const sums = await fetchText(`${url}/${checksums}`, signal);
    if (sums === undefined) return `it cannot be downloaded: ${host} is not reachable`;
    const wanted = checksumOf(sums, archive);
    if (wanted === undefined) return `it cannot be downloaded: ${host} lists no ${archive}`;
    const file = join(folder, archive);
    const sum = await step(`downloading ${name} from ${host}`, "1 minute", () =>
      fetchFile(`${url}/${archive}`, file, signal),
    ).catch((error: unknown) => {
      signal.throwIfAborted();
      return error instanceof Error ? error : new Error(String(error));
    });
    if (sum instanceof Error) return `it cannot be downloaded: ${host}: ${sum.message}`;
    if (sum !== wanted) {
      await rm(file);
      return `the download of ${archive} does not match its published checksum and is thrown away`;
    }
    const depth = member.split("/").length - 1;
    const words = ["-xzf", file, "-C", folder, `--strip-components=${depth}`, member];
    await runLogged({ program: "tar", words, folder, log: join(cacheFolder(), `${name}-unpack.log`), signal });
    await rm(file);
    return undefined;
  };
}

/** The sum that a checksum file gives for a file. */
export function checksumOf(sums: string, file: string): string | undefined {
  return sums
    .split("\n")
    .map((line) => line.trim().split(/\s+\*?/))
    .find(([, name]) => name === file)?.[0];
}

async function fetchText(url: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(connectTimeout)]) });
    return answer.ok ? await answer.text() : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** Writes the file and answers its sha256. */
async function fetchFile(url: string, file: string, signal: AbortSignal): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(downloadTimeout)]) });
  if (!answer.ok || answer.body === null) throw new Error(`answers ${answer.status}`);
  const hash = createHash("sha256");
  const hashing = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(answer.body), hashing, createWriteStream(file));
  return hash.digest("hex");
}
