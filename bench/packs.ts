import { fileURLToPath } from "node:url";
import { policyPack } from "../cli/engine/environment.ts";

/** What an empty pack costs is Pulumi's own: the pack's process, and two calls to it for each resource. */
export type Pack = "whole" | "empty" | "none";

/** The folders that the engine is given. */
export const packFolders: Readonly<Record<Pack, readonly string[]>> = {
  whole: [policyPack],
  empty: [fileURLToPath(new URL("empty-pack", import.meta.url))],
  none: [],
};
