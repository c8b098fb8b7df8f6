import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A real product that a test runs, with what it writes in a log. */
export interface Launched {
  readonly name: string;
  readonly process: ChildProcess;
  readonly log: string;
}

/** Starts it in a folder of the test's own; `environment` comes on top of this process's. */
export function launch(
  folder: string,
  name: string,
  program: string,
  flags: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Launched {
  const log = join(folder, `${name}.log`);
  const env = { ...process.env, ...environment };
  const child = spawn(program, flags, { cwd: folder, stdio: ["ignore", "ignore", "pipe"], env });
  child.stderr.pipe(createWriteStream(log));
  child.on("error", () => {});
  return { name, process: child, log };
}

const runs = ({ process }: Launched): boolean =>
  process.pid !== undefined && process.exitCode === null && process.signalCode === null;

/** Asks it to end, and kills it after ten seconds. */
export async function ended(launched: Launched): Promise<void> {
  if (!runs(launched)) return;
  const exit = once(launched.process, "exit");
  launched.process.kill("SIGTERM");
  const killed = AbortSignal.timeout(10_000);
  killed.addEventListener("abort", () => launched.process.kill("SIGKILL"));
  await exit;
}

/**
 * Waits until `answer` gives something, for two minutes at most; throws with the ends of the logs if one of them ends or
 * it takes longer. That is generous: products are up in seconds on two idle cores.
 */
export async function ready<Answer>(
  launched: readonly Launched[],
  answer: () => Promise<Answer | undefined>,
): Promise<Answer> {
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; await sleep(250)) {
    for (const each of launched) {
      if (!runs(each)) throw new Error(`${each.name} ended:\n${endOf(each)}`);
    }
    const given = await answer().catch(() => undefined);
    if (given !== undefined) return given;
  }
  const names = launched.map(({ name }) => name).join(" and ");
  throw new Error(`${names}: not ready in time\n${launched.map(endOf).join("\n")}`);
}

/** The last lines of its log. */
function endOf({ log }: Launched): string {
  try {
    return readFileSync(log, "utf8").split("\n").slice(-8).join("\n");
  } catch {
    return "";
  }
}

/** A port of the loopback that nobody has just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
