import { type ChildProcess, spawn } from "node:child_process";
import type { PulumiCommand } from "@pulumi/pulumi/automation/index.js";

/** The Pulumi CLI as the Automation API calls it, with a hand on the process. */
export interface EngineCommand extends PulumiCommand {
  /** Graceful: the engine finishes what is under way. The second time within a run it gives up at once by itself. */
  interrupt(): void;
  /** Ends the engine and all that it started. */
  kill(): void;
}

interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Thrown when the CLI fails; `stdout` and `stderr` are what it said. */
export class EngineFailure extends Error {
  readonly stdout: string;
  readonly stderr: string;
  constructor(code: number | null, stderr: string, stdout = "") {
    super(`the engine ended with ${code === null ? "a signal" : `exit code ${code}`}`);
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

/**
 * A command for the Automation API that starts the CLI only where it must. The Automation API asks the CLI for
 * its version, whether the stack exists, and after an update for outputs and history: each a process of 0.15 s
 * and more. The version is checked by the set-up, the stack is there (or the operation itself says that it is
 * not), and outputs and summary are in the events.
 *
 * The engine is the leader of a process group of its own, so that a Ctrl-C in the terminal reaches it only
 * through `interrupt`, once, and `kill` reaches the plugins that it started too.
 */
export function makeEngineCommand(
  pulumi: string,
  version: PulumiCommand["version"],
  onStart: () => void,
): EngineCommand & { run(args: readonly string[], ...rest: readonly unknown[]): Promise<CommandOutput> } {
  let engine: ChildProcess | undefined;
  let lastSignal: "SIGINT" | "SIGKILL" | undefined;

  const signal = (name: "SIGINT" | "SIGKILL"): void => {
    lastSignal = name;
    if (engine?.pid === undefined || engine.exitCode !== null || engine.signalCode !== null) return;
    // Graceful is for the engine alone: it ends its plugins itself, and a plugin that got the signal would be
    // gone before the engine has recorded what it did.
    if (name === "SIGINT") engine.kill(name);
    else process.kill(-engine.pid, name);
  };

  return {
    command: pulumi,
    version,
    interrupt: () => signal("SIGINT"),
    kill: () => signal("SIGKILL"),
    run(args, cwd, environment) {
      if (args[0] === "stack") return Promise.resolve(answerOf(args));
      if (lastSignal !== undefined) return Promise.reject(new EngineFailure(null, ""));
      const started = start(pulumi, args, String(cwd), { ...toStrings(environment), PULUMI_AUTOMATION_API: "true" });
      engine = started.process;
      onStart();
      return started.output;
    },
  };
}

/** Runs the CLI to its end. */
export function runCommand(
  pulumi: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Promise<CommandOutput> {
  return start(pulumi, args, cwd, environment).output;
}

function start(
  pulumi: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
): { readonly process: ChildProcess; readonly output: Promise<CommandOutput> } {
  const child = spawn(pulumi, [...args, "--non-interactive", "--color=never"], {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const output = new Promise<CommandOutput>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve({ stdout, stderr, code });
      else reject(new EngineFailure(code, stderr, stdout));
    });
  });
  return { process: child, output };
}

/** What the Automation API would learn from `pulumi stack select|output|history`, without asking. */
function answerOf(args: readonly string[]): CommandOutput {
  const stdout = args[1] === "output" ? "{}" : args[1] === "history" ? "[]" : "";
  return { stdout, stderr: "", code: 0 };
}

const toStrings = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(value ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
