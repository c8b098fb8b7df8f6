import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { digestsOf, type Mirrored } from "../components/delivery/mirror.ts";
import { SettingsError } from "./error.ts";
import { digest } from "./fields.ts";
import { recordProblems, recordText } from "./record-file.ts";

/** The lock of a stack's third-party images: stacks/releases/<stack>.images.yaml, written by `./platform images mirror`. */

const entry = z.strictObject({
  digest: digest("What runs."),
  named: digest("What the maker's tag named when it was copied."),
  since: z.iso.datetime({ error: "must be a time, as 2026-11-26T08:30:00.000Z" }),
});

const lock = z.strictObject(
  { images: z.record(z.string(), entry, { error: "must be a section of images" }) },
  { error: "must be a mapping with the key images" },
);

/** Below the folder of the checkout. */
export const mirrorFile = (stack: string): string => join("stacks", "releases", `${stack}.images.yaml`);

/** The lock of a stack in a checkout; empty for a stack that has none. Throws a {@link SettingsError}. */
export function readMirrored(folder: string, stack: string): Mirrored {
  const file = join(folder, mirrorFile(stack));
  if (!existsSync(file)) return {};
  const said = recordText(readFileSync(file, "utf8"), mirrorFile(stack));
  const { data, error } = lock.safeParse(said);
  if (data !== undefined) return data.images;
  throw new SettingsError(mirrorFile(stack), recordProblems(error, said, mirrorFile(stack)));
}

/** The file's text. */
export const formatMirrored = (stack: string, images: Mirrored): string =>
  `# Third-party images that ${stack} runs, by digest. Written by ./platform images mirror ${stack};\n` +
  `# the settings take the digests from here: docs/delivery.md\n${stringify({ images })}`;

/** Environment variable by which `./platform` says which copies a run is about: digests by reference, as JSON. */
const mirroredVariable = "TRADING_PLATFORM_MIRRORED";

/** What a program runs: as `./platform` says it, else (plain `pulumi`) what is locked beside the program. */
export function mirroredInForce(stack: string): Readonly<Record<string, string>> {
  const said = process.env[mirroredVariable];
  return said === undefined
    ? digestsOf(readMirrored(join(import.meta.dirname, ".."), stack))
    : z.record(z.string(), z.string()).parse(JSON.parse(said));
}

/** For a run with these copies: an earlier program, to which a stack is taken back, has its own lock beside it. */
export const mirroredEnvironment = (mirrored: Mirrored): Readonly<Record<string, string>> => ({
  [mirroredVariable]: JSON.stringify(digestsOf(mirrored)),
});
