import type { Command } from "commander";
import { alertsCommand } from "./alerts.ts";
import { backupCommand } from "./backup.ts";
import { benchCommand } from "./bench.ts";
import { bootstrapCommand } from "./bootstrap.ts";
import { certsCommand } from "./certs.ts";
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
import { releaseCommand } from "./release.ts";
import { releasesCommand } from "./releases.ts";
import { renderCommand } from "./render.ts";
import { requirementCommand } from "./requirement.ts";
import { restoreCommand } from "./restore.ts";
import { rollbackCommand } from "./rollback.ts";
import { secretsCommand } from "./secrets.ts";
import { settingsCommand } from "./settings.ts";
import { silencesCommand } from "./silences.ts";
import { statusCommand } from "./status.ts";
import { testCommand } from "./test.ts";
import { upCommand } from "./up.ts";

/** Every command there is. A new one is a file and a line here. What is heavy is imported when the command runs. */
export const commands: readonly (() => Command)[] = [
  previewCommand,
  upCommand,
  rollbackCommand,
  releasesCommand,
  releaseCommand,
  refreshCommand,
  driftCommand,
  destroyCommand,
  bootstrapCommand,
  statusCommand,
  logsCommand,
  openCommand,
  envCommand,
  settingsCommand,
  secretsCommand,
  certsCommand,
  alertsCommand,
  silencesCommand,
  backupCommand,
  restoreCommand,
  drillCommand,
  renderCommand,
  imagesCommand,
  testCommand,
  requirementCommand,
  lintCommand,
  policiesCommand,
  doctorCommand,
  benchCommand,
];
