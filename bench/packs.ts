import { fileURLToPath } from "node:url";
import { policyPack } from "../cli/engine/environment.ts";

/** An empty pack costs what Pulumi's own server does: a process, and two calls to it for each resource. Ours has a server of its own. */
export type Pack = "whole" | "empty" | "none";

/** The folders that the engine is given. */
export const packFolders: Readonly<Record<Pack, readonly string[]>> = {
  whole: [policyPack],
  empty: [fileURLToPath(new URL("empty-pack", import.meta.url))],
  none: [],
};
