import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensurePython } from "../../../cli/setup/python.ts";
import type { Call } from "./call.ts";

/** What AWS would say to a call. */
export interface Verdict {
  readonly label: string;
  /** What botocore's parameter validation says; empty when it has nothing to say. */
  readonly invalid: string;
  /** What moto answered in place of success. */
  readonly refused: string;
}

/** The calls that AWS would not take; of each case, which begins in an empty account. */
export async function faulty(cases: readonly (readonly Call[])[]): Promise<readonly (readonly Verdict[])[]> {
  const folder = import.meta.dirname;
  const python = await ensurePython(join(folder, "requirements.txt"), "moto");
  const { status, stdout, stderr } = spawnSync(python.command, [join(folder, "judge.py")], {
    input: JSON.stringify(cases),
    env: python.environment,
    encoding: "utf8",
    timeout: 300_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`judge.py ended with ${status}:\n${stderr}`);
  const verdicts: readonly (readonly Verdict[])[] = JSON.parse(stdout);
  if (verdicts.some((found, index) => found.length !== cases[index]?.length)) {
    throw new Error("judge.py did not judge every call");
  }
  return verdicts.map((found) => found.filter(({ invalid, refused }) => invalid !== "" || refused !== ""));
}
