import type { Command } from "commander";
import { deployCommand } from "./deploy.ts";

export const refreshCommand = (): Command =>
  deployCommand("refresh", "compare a stack's state with what is really there, ask, and take over what differs");
