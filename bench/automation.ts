import { execFile } from "node:child_process";
import { delimiter, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { harmlessEnvironment, offlineSwitches } from "../cli/engine/environment.ts";
import { ensurePulumi } from "../cli/setup/pulumi.ts";
import { makeTemporaryBackend } from "../offline/backend.ts";

const run = promisify(execFile);
const automation = fileURLToPath(new URL("programs/automation.ts", import.meta.url));

/** Seconds of a preview of a program of programs/, by nothing but what Pulumi itself offers to a program: no policies. */
export async function previewByAutomation(
  program: "empty" | "mixed",
  config: Readonly<Record<string, string>>,
): Promise<number> {
  const pulumi = await ensurePulumi();
  const backend = await makeTemporaryBackend();
  try {
    const { stdout } = await run(process.execPath, [automation, backend.directory, program, JSON.stringify(config)], {
      env: {
        ...harmlessEnvironment(process.env),
        ...offlineSwitches,
        PATH: [dirname(pulumi), process.env.PATH].join(delimiter),
        HOME: backend.directory,
        PULUMI_BACKEND_URL: backend.url,
        PULUMI_CONFIG_PASSPHRASE: "temporary",
      },
    });
    return Number(stdout);
  } finally {
    await backend.remove();
  }
}
