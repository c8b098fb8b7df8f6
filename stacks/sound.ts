import type { BoundTarget } from "../components/targets/target.ts";
import type { SettingsSections } from "./schema.ts";

/** What is read so far: a section with a problem of its own is missing, and the checks that need it wait. */
export type Sound = { readonly [Key in keyof SettingsSections]?: SettingsSections[Key] | undefined } & {
  readonly target?: BoundTarget;
};
