import type { Settings } from "../../components/settings.ts";
import { describePlatform, isWorkload, membersOf } from "../../components/specification.ts";

/** The content of a file that a member mounts; throws where there is none. */
export function mountedFile(settings: Settings, name: string, path: string): string {
  const member = membersOf(describePlatform(settings))
    .filter(isWorkload)
    .find((each) => each.name === name);
  const file = member?.files.find((each) => each.path === path);
  if (file === undefined) throw new Error(`${name} mounts no ${path}`);
  return file.content;
}
