import * as pulumi from "@pulumi/pulumi";
import { program as bootstrap } from "../../../bootstrap/program.ts";
import { root } from "../../../cli/root.ts";
import { type Asked, recording } from "../../../components/targets/ecs/testing.ts";
import { readStackFile } from "../../../stacks/files.ts";
import { program } from "../../../stacks/program.ts";

/** What the platform's program asks of AWS for a stack; `more` in place of what its file says. */
export function platformAsks(stack: string, more: Readonly<Record<string, unknown>> = {}): Promise<readonly Asked[]> {
  const config = { ...readStackFile(root, stack).config, ...more };
  return recording(stack, "trading-platform", async () => {
    // As offline: there is no cloud that could be asked what runs.
    pulumi.runtime.setAllConfig({ ...encoded("trading-platform", config), "offline:secrets": "placeholder" });
    await program();
  });
}

/** What the project bootstrap asks of AWS; `more` in its settings. */
export const bootstrapAsks = (more: object = {}): Promise<readonly Asked[]> =>
  recording("bootstrap", "trading-platform-bootstrap", async () => {
    const settings = {
      accountId: "111122223333",
      region: "eu-central-1",
      repository: "acme/trading",
      pullAccounts: ["444455556666"],
      ...more,
    };
    pulumi.runtime.setAllConfig(encoded("trading-platform-bootstrap", { settings }));
    await bootstrap();
  });

/** As the engine hands config to a program: text, or JSON of what is more. */
const encoded = (project: string, config: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      `${project}:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
