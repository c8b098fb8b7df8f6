import type { Command } from "commander";
import { doctorCommand } from "./doctor.ts";
import { lintCommand } from "./lint.ts";
import { previewCommand } from "./preview.ts";
import { renderCommand } from "./render.ts";
import { testCommand } from "./test.ts";

/** Every command there is. A new one is a file and a line here. What is heavy is imported when the command runs. */
export const commands: readonly (() => Command)[] = [
  previewCommand,
  renderCommand,
  testCommand,
  lintCommand,
  doctorCommand,
];
