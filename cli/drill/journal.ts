import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type AlertName, alertNames } from "../../components/alerts/names.ts";

/** Which faults are set, written before they are: whoever comes after a crash finds and repairs them. */
export interface Journal {
  read(): Promise<readonly AlertName[]>;
  /** An empty list is no journal. */
  write(alerts: readonly AlertName[]): Promise<void>;
}

const content = z.object({ faults: z.array(z.enum(alertNames)) });

/** In a folder of the user's own, one file a stack. */
export function journalOf(folder: string, stack: string): Journal {
  const file = join(folder, `drills-${stack}.json`);
  return {
    read: async () => {
      const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return '{"faults":[]}';
        throw error;
      });
      return content.parse(JSON.parse(text)).faults;
    },
    write: async (faults) => {
      if (faults.length === 0) return rm(file, { force: true });
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(`${file}.new`, JSON.stringify({ faults }), { mode: 0o600 });
      await rename(`${file}.new`, file);
    },
  };
}
