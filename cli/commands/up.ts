import type { Command } from "commander";
import { withExamples } from "../console/examples.ts";
import { deployCommand } from "./deploy.ts";

export const upCommand = (): Command =>
  withExamples(
    deployCommand(
      "up",
      "preview a stack with the policies, ask, and deploy it; a violation stops it before anything is touched",
    ).option(
      "--release <version>",
      "deploy the application's images of this version, by digest; ask the site, and write it down in stacks/releases/",
    ),
    [
      [
        "up dev",
        "run everything on this machine's Docker: nothing else is needed; ends with where to look and who logs in",
      ],
      ["up staging --release 1.4.0", "make staging run the images that are tagged 1.4.0"],
    ],
  );
