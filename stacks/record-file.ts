import { parse } from "yaml";
import type { z } from "zod";
import { type Problem, SettingsError } from "./error.ts";
import { valueAt } from "./layers.ts";
import { shown } from "./messages.ts";

/** A file that `./platform` writes into stacks/releases/, read again: what a person has broken in it is said. */

/** The file's content. Throws a {@link SettingsError} where it is no YAML. */
export function recordText(content: string, file: string): unknown {
  try {
    return parse(content);
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new SettingsError(file, [{ key: file, message: `is no YAML: ${why}` }]);
  }
}

/** What is wrong in it, each with what stands there. */
export const recordProblems = (error: z.ZodError | undefined, said: unknown, file: string): readonly Problem[] =>
  (error?.issues ?? []).map(({ path, message }) => ({
    key: path.map(String).join(".") || file,
    message: `${path.length === 0 ? "" : `${shown(path, valueAt(said, path))} `}${message}; git has what ./platform wrote`,
  }));
