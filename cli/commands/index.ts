import type { Command } from "commander";
import { alertsCommand } from "./alerts.ts";
import { benchCommand } from "./bench.ts";
import { bootstrapCommand } from "./bootstrap.ts";
import { destroyCommand } from "./destroy.ts";
import { doctorCommand } from "./doctor.ts";
import { driftCommand } from "./drift.ts";
import { drillCommand } from "./drill.ts";
import { envCommand } from "./env.ts";
import { imagesCommand } from "./images.ts";
import { lintCommand } from "./lint.ts";
import { logsCommand } from "./logs.ts";
import { openCommand } from "./open.ts";
import { policiesCommand } from "./policies.ts";
import { previewCommand } from "./preview.ts";
import { refreshCommand } from "./refresh.ts";
import { renderCommand } from "./render.ts";
import { settingsCommand } from "./settings.ts";
import { silencesCommand } from "./silences.ts";
import { statusCommand } from "./status.ts";
import { testCommand } from "./test.ts";
import { upCommand } from "./up.ts";

/** Every command there is. A new one is a file and a line here. What is heavy is imported when the command runs. */
export const commands: readonly (() => Command)[] = [
  previewCommand,
  upCommand,
  refreshCommand,
  driftCommand,
  destroyCommand,
  bootstrapCommand,
  statusCommand,
  logsCommand,
  openCommand,
  envCommand,
  settingsCommand,
  alertsCommand,
  silencesCommand,
  drillCommand,
  renderCommand,
  imagesCommand,
  testCommand,
  lintCommand,
  policiesCommand,
  doctorCommand,
  benchCommand,
];
