import type { Command } from "commander";
import { deployCommand } from "./deploy.ts";

export const destroyCommand = (): Command =>
  deployCommand("destroy", "show what a stack has, ask (in production for its name), and delete all of it").option(
    "--volumes",
    "on Docker: also the volumes with data, which else outlive the stack",
  );
