import * as pulumi from "@pulumi/pulumi";
import { program } from "../../bootstrap/program.ts";

/** A resource of bootstrap/, as its program asks for it. */
export interface Asked {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What bootstrap/ makes, without an engine. */
export async function renderBootstrap(): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  const project = "trading-platform-bootstrap";
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        asked.push({ type, name, inputs });
        return { id: name, state: inputs };
      },
      call: ({ inputs }) => inputs,
    },
    project,
    "bootstrap",
    false,
  );
  const settings = { accountId: "111122223333", region: "eu-central-1", repository: "acme/trading" };
  pulumi.runtime.setAllConfig({ [`${project}:settings`]: JSON.stringify(settings) });
  await program();
  await pulumi.runtime.disconnect();
  return asked;
}
