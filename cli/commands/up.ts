import type { Command } from "commander";
import { deployCommand } from "./deploy.ts";

export const upCommand = (): Command =>
  deployCommand(
    "up",
    "preview a stack with the policies, ask, and deploy it; a violation stops it before anything is touched",
  );
