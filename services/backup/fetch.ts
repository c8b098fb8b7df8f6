import { createWriteStream } from "node:fs";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { walFolder } from "./catalogue.ts";
import { BackupError, type Configuration, codeOf } from "./configuration.ts";
import { sealing, unseal } from "./sealed.ts";

/** What PostgreSQL makes of exit codes of `restore_command`: the log ends here; the restore cannot go on (above 125). */
const missing = 1;
const unusable = 200;

/**
 * Brings one file of the log to where PostgreSQL asks for it; its exit code. From the archive, else what the spool has
 * received and nobody has archived yet, else the unfinished segment with which a stream ended.
 * @param complaint file for the reason why the restore cannot go on.
 */
export async function fetchLog(
  { cluster, complaint, file, to }: Readonly<Record<"cluster" | "complaint" | "file" | "to", string>>,
  configuration: Configuration,
): Promise<number> {
  const archived = join(walFolder(configuration.archive, cluster), file);
  const received = join(configuration.spool, cluster, file);
  const attempts = [
    () => unseal(`${archived}${sealing}`, configuration, createWriteStream(to)),
    () => copyFile(received, to),
    () => copyFile(`${received}.partial`, to),
    () => unseal(`${archived}.partial${sealing}`, configuration, createWriteStream(to)),
  ];
  for (const attempt of attempts) {
    try {
      await attempt();
      return 0;
    } catch (error) {
      if (codeOf(error) === "ENOENT") continue;
      if (!(error instanceof BackupError)) throw error;
      await writeFile(complaint, error.message);
      return unusable;
    }
  }
  return missing;
}
