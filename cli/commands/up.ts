import type { Command } from "commander";
import { withExamples } from "../console/examples.ts";
import { deployCommand } from "./deploy.ts";

export const upCommand = (): Command =>
  withExamples(
    deployCommand(
      "up",
      "preview a stack with the policies, ask, and deploy it; a violation stops it before anything is touched",
    ),
    [["up dev", "run everything on this machine's Docker"]],
  );
