import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const marker = "trading-platform-temporary-backend";

/** A state backend that exists only for one preview or test. */
export interface TemporaryBackend {
  readonly directory: string;
  /** For PULUMI_BACKEND_URL: `file://…`. */
  readonly url: string;
  remove(): Promise<void>;
}

/** Makes an empty one: a fresh folder among the system's temporary files, readable by this user only. */
export async function makeTemporaryBackend(): Promise<TemporaryBackend> {
  const directory = await mkdtemp(join(tmpdir(), "trading-platform-backend-"));
  await mkdir(join(directory, ".pulumi"));
  await writeFile(join(directory, marker), `${randomUUID()}\n`, { mode: 0o600 });
  return {
    directory,
    url: pathToFileURL(directory).href,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** True for a folder that `makeTemporaryBackend` made: nothing else may be given to the stand-ins. */
export async function isTemporaryBackend(directory: string): Promise<boolean> {
  const file = join(directory, marker);
  return existsSync(file) && /^[0-9a-f-]{36}\n$/.test(await readFile(file, "utf8"));
}
