import { spawn } from "node:child_process";
import { once } from "node:events";
import { type Backup, baseFile } from "./catalogue.ts";
import { BackupError, type Configuration } from "./configuration.ts";
import { lastLines } from "./programs.ts";
import { isSinkGone, unseal } from "./sealed.ts";

/** Unpacks a base backup into a folder. Throws a {@link BackupError} that says whether the file or the unpacking was to blame. */
export async function unpack(
  data: string,
  backup: Backup,
  configuration: Pick<Configuration, "archive" | "identity">,
): Promise<void> {
  const tar = spawn("tar", ["-x", "-f", "-", "-C", data], { stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  tar.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const closed = once(tar, "close");
  const failure: unknown = await unseal(baseFile(configuration.archive, backup), configuration, tar.stdin).catch(
    (error: unknown) => error,
  );
  const [code] = await closed;
  // tar may have seen the archive's end, and be gone, before it is told that no more comes; it knows whether it was whole.
  if (failure !== undefined && !isSinkGone(failure)) throw failure;
  if (code !== 0) throw new BackupError(`the backup ${backup.id} could not be unpacked: ${lastLines(said)}`);
}
