import { readdir, readFile } from "node:fs/promises";

/** Command lines of the processes whose environment names this folder; Linux only, undefined elsewhere. */
export async function processesNaming(folder: string): Promise<readonly string[] | undefined> {
  const entries = await readdir("/proc").catch(() => undefined);
  const read = (pid: string, file: string) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
  const commands = entries
    ?.filter((entry) => /^\d+$/.test(entry))
    .map(async (pid) => ((await read(pid, "environ")).includes(folder) ? read(pid, "cmdline") : ""));
  if (commands === undefined) return undefined;
  return (await Promise.all(commands))
    .filter((command) => command !== "")
    .map((command) => command.replaceAll("\0", " ").trim());
}
