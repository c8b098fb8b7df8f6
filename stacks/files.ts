import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LineCounter, parse, parseDocument } from "yaml";
import { digestsOf } from "../components/delivery/mirror.ts";
import { namespace, type Problem, SettingsError } from "./error.ts";
import type { Source } from "./interpret.ts";
import { type Data, isData } from "./layers.ts";
import { readMirrored } from "./mirrored.ts";
import { nearest } from "./nearest.ts";
import { readReleases } from "./releases.ts";

/** Names of the stacks that a folder holds a file of, in the order of a release. */
export function stacksIn(folder: string): readonly string[] {
  const order = ["dev", "staging", "prod"];
  const rank = (stack: string) => (order.includes(stack) ? order.indexOf(stack) : order.length);
  return readdirSync(folder)
    .flatMap((file) => /^Pulumi\.([\w-]+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/**
 * Reads the settings' part of `Pulumi.<stack>.yaml`, and which release is on record. Encrypted values and the namespace `secrets:` are not looked at.
 * Throws {@link SettingsError}: no such stack, broken YAML, a key whose namespace is a slip.
 * @param target in place of the file's.
 */
export function readStackFile(folder: string, stack: string, target?: string): Source {
  const file = `Pulumi.${stack}.yaml`;
  if (!existsSync(join(folder, file))) throw unknownStack(folder, stack);
  const config = settingsIn(readFileSync(join(folder, file), "utf8"), file);
  const [release] = readReleases(folder, stack);
  const mirrored = digestsOf(readMirrored(folder, stack));
  const copies = Object.keys(mirrored).length === 0 ? undefined : mirrored;
  return { stack, config, release, mirrored: copies, ...(target === undefined ? {} : { target }) };
}

function unknownStack(folder: string, stack: string): SettingsError {
  const stacks = stacksIn(folder);
  const meant = nearest(stack, stacks);
  const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
  return new SettingsError(`stack ${stack}`, [
    { key: `Pulumi.${stack}.yaml`, message: `is not there; stacks are ${stacks.join(", ") || "none"}${hint}` },
  ]);
}

/** Keys of the namespace `secrets:` that the stack's file holds; their values are not looked at. */
export function secretKeysIn(folder: string, stack: string): readonly string[] {
  const content: unknown = parse(readFileSync(join(folder, `Pulumi.${stack}.yaml`), "utf8"));
  const config = isData(content) && isData(content.config) ? content.config : {};
  return Object.keys(config).flatMap((key) => /^secrets:(.+)$/.exec(key)?.[1] ?? []);
}

/** The config keys of the settings' namespace, without it. `file` is its name in messages. */
export function settingsIn(text: string, file: string): Data {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors.map(({ message, pos }) => {
    const { line, col } = lines.linePos(pos[0]);
    return { key: `${file}:${line}:${col}`, message: `is no YAML: ${message}` };
  });
  if (broken.length > 0) throw new SettingsError(file, broken);
  const content: unknown = document.toJS();
  const config = isData(content) ? (content.config ?? {}) : {};
  if (!isData(config)) throw new SettingsError(file, [{ key: "config", message: "must be a section with keys" }]);
  const slips = Object.entries(config).flatMap(([key, value]) => slip(key, value));
  if (slips.length > 0) throw new SettingsError(file, slips);
  const prefix = `${namespace}:`;
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

/** Pulumi would pass over a key of another namespace without a word. */
function slip(key: string, value: unknown): readonly Problem[] {
  const [before = "", ...rest] = key.split(":");
  if (rest.length === 0) return [{ key, message: `has no namespace; did you mean ${namespace}:${key}?` }];
  if (before !== namespace) {
    return nearest(before, [namespace]) === undefined
      ? []
      : [{ key, message: `is in no namespace that anybody reads; did you mean ${[namespace, ...rest].join(":")}?` }];
  }
  return holdsEncrypted(value)
    ? [{ key, message: "is encrypted: settings are plain; put a secret into the namespace secrets: and name it here" }]
    : [];
}

const holdsEncrypted = (value: unknown): boolean =>
  isData(value) && ("secure" in value || Object.values(value).some(holdsEncrypted));
