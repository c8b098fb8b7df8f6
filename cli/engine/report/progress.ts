import type { Progress } from "../result.ts";

/** Tells how far each stack is, on stderr: a terminal sees one line a stack, updated; a log sees a line now and then. */
export interface ProgressReport {
  on(stack: string): (progress: Progress) => void;
  end(stack: string, line: string): void;
}

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** In a log, one line after so much silence is enough to see that it is alive. */
const quiet = 10_000;

const phases: Readonly<Record<string, string>> = {
  started: "starting",
  prepared: "starting the engine",
  engine: "loading policies",
  policies: "running the program",
};

/**
 * @param stacks in the order of their lines.
 * @param output stderr, unless a test looks.
 */
export function reportProgress(stacks: readonly string[], output: Output = process.stderr): ProgressReport {
  const lines = new Map(stacks.map((stack) => [stack, "waiting"]));
  const width = Math.max(...stacks.map((stack) => stack.length), 0);
  const text = (stack: string) => `${stack.padEnd(width)}  ${lines.get(stack)}\n`;
  const live = output.isTTY === true;
  let drawn = false;
  let spoken = Date.now();

  const draw = (stack: string, always: boolean): void => {
    if (live) {
      const up = drawn ? `\x1b[${stacks.length}A` : "";
      output.write(`${up}${stacks.map((name) => `\x1b[2K${text(name)}`).join("")}`);
      drawn = true;
    } else if (always || Date.now() - spoken > quiet) {
      output.write(text(stack));
      spoken = Date.now();
    }
  };
  const set = (stack: string, line: string, always = false): void => {
    if (lines.get(stack) === line) return;
    lines.set(stack, line);
    draw(stack, always);
  };

  return {
    on: (stack) => (progress) => {
      if (progress.kind === "phase") {
        const phase = phases[progress.phase];
        if (phase !== undefined) set(stack, phase);
      } else if (progress.kind === "step") {
        const { step, registered } = progress;
        if (step.state === "failed") set(stack, `${registered} resources; ${step.name} failed`, true);
        else if (step.state === "planned" && step.change !== "same")
          set(stack, `${registered} resources, ${step.name}`);
        else set(stack, `${registered} resources`);
      }
    },
    end: (stack, line) => set(stack, line, true),
  };
}
