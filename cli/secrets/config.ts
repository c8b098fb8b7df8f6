import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { isData } from "../../stacks/layers.ts";
import { secretsFileVariable } from "../../stacks/secrets.ts";
import { developerHome } from "../engine/developer/home.ts";
import { developersStack } from "../engine/live.ts";
import { runProgram } from "../process.ts";
import type { Held } from "./held.ts";

/** What the stack's file says of the keys of its namespace `secrets:`, and dev's own file. Nothing is decrypted. */
export async function heldInConfig(folder: string, stack: string): Promise<(key: string) => Held> {
  const file = `Pulumi.${stack}.yaml`;
  const entries = entriesOf(readFileSync(join(folder, file), "utf8"));
  const changes = entries.size === 0 ? [] : await lineChanges(folder, file);
  const own = stack === developersStack ? developersKeys() : [];
  return (key) => {
    const entry = entries.get(key);
    if (entry === undefined) return own.includes(key) ? { state: "there", since: undefined } : { state: "missing" };
    return entry.encrypted ? { state: "there", since: newest(changes, entry) } : { state: "in plain text" };
  };
}

interface Entry {
  /** From 1; the last one is part of it. */
  readonly first: number;
  readonly last: number;
  readonly encrypted: boolean;
}

function entriesOf(text: string): ReadonlyMap<string, Entry> {
  const lines = new LineCounter();
  const config = parseDocument(text, { lineCounter: lines }).get("config");
  const items = isMap(config) ? config.items : [];
  return new Map(
    items.flatMap(({ key, value }): [string, Entry][] => {
      const name = isScalar(key) ? /^secrets:(.+)$/.exec(String(key.value))?.[1] : undefined;
      if (name === undefined || !isScalar(key)) return [];
      const range = isMap(value) || isScalar(value) ? value.range : undefined;
      const [from = 0] = key.range ?? [];
      const to = range?.[1] ?? from;
      return [
        [
          name,
          {
            first: lines.linePos(from).line,
            last: lines.linePos(Math.max(from, to - 1)).line,
            encrypted: isMap(value) && value.has("secure"),
          },
        ],
      ];
    }),
  );
}

/** When each line of a file was changed, as git knows it; a line that is not committed, now. Nothing where there is no git. */
async function lineChanges(folder: string, file: string): Promise<readonly Date[]> {
  const words = ["-C", folder, "blame", "--line-porcelain", "--", file];
  const ended = await runProgram({ program: "git", words });
  if (ended?.code !== 0) return [];
  return [...ended.stdout.matchAll(/^committer-time (\d+)$/gm)].map(([, seconds]) => new Date(Number(seconds) * 1000));
}

const newest = (changes: readonly Date[], { first, last }: Entry): Date | undefined =>
  changes.slice(first - 1, last).reduce<Date | undefined>((a, b) => (a !== undefined && a > b ? a : b), undefined);

/** Of the file that `./platform up dev` makes; a person's own where the variable names one. */
function developersKeys(): readonly string[] {
  const file = process.env[secretsFileVariable] ?? developerHome().secretsFile;
  if (!existsSync(file)) return [];
  const kept: unknown = JSON.parse(readFileSync(file, "utf8"));
  return isData(kept) ? Object.keys(kept) : [];
}
