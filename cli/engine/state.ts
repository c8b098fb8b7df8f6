import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { EngineFailure, runCommand } from "./command.ts";
import type { LiveStack } from "./live.ts";
import { nameOf } from "./result.ts";

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Empty for what has none. */
  readonly id: string;
  /** Secrets are ciphertext. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What a stack's state says is there. */
export interface StackState {
  readonly resources: readonly StateResource[];
  /** What was under way when the engine was ended: made or not, nobody wrote it down. */
  readonly pending: number;
}

const resource = z.looseObject({
  type: z.string(),
  urn: z.string(),
  id: z.string().default(""),
  outputs: z.record(z.string(), z.unknown()).default({}),
});

const exported = z.looseObject({
  deployment: z
    .looseObject({
      resources: z.array(resource).default([]),
      pending_operations: z.array(z.unknown()).default([]),
    })
    .nullish(),
});

/** The state of a stack; empty for a stack that was never deployed. */
export async function stateOf(live: LiveStack): Promise<StackState> {
  const text = await exportText(live);
  return text === undefined ? { resources: [], pending: 0 } : readState(text);
}

/** Reads what `pulumi stack export` prints. */
export function readState(text: string): StackState {
  const { deployment } = exported.parse(JSON.parse(text));
  return {
    resources: (deployment?.resources ?? []).map(({ urn, type, id, outputs }) => ({
      urn,
      type,
      name: nameOf(urn),
      id,
      outputs,
    })),
    pending: deployment?.pending_operations.length ?? 0,
  };
}

/** Takes the pending operations out of the state: what they may have made is gone, or is found by a refresh. */
export async function clearPending(live: LiveStack): Promise<void> {
  const text = await exportText(live);
  if (text === undefined) return;
  const { deployment, ...rest } = exported.parse(JSON.parse(text));
  const folder = await mkdtemp(join(tmpdir(), "trading-platform-state-"));
  try {
    const file = join(folder, "state.json");
    await writeFile(file, JSON.stringify({ ...rest, deployment: { ...deployment, pending_operations: [] } }), {
      mode: 0o600,
    });
    await run(live, "stack", "import", "--file", file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function exportText(live: LiveStack): Promise<string | undefined> {
  try {
    return (await run(live, "stack", "export")).stdout;
  } catch (error) {
    if (error instanceof EngineFailure && /no stack named/.test(error.stderr)) return undefined;
    throw error;
  }
}

const run = ({ pulumi, stack, workDirectory, environment }: LiveStack, ...words: readonly string[]) =>
  runCommand(pulumi, [...words, "--stack", stack], workDirectory, environment);
