/**
 * The bare engine as Pulumi's Automation API runs it, with the stand-in providers: `node automation.ts <backend> <program> <config>`
 * previews empty.ts or mixed.ts (config: JSON) and prints the seconds since the process began. In its environment: PATH
 * with the engine, PULUMI_BACKEND_URL, a passphrase.
 */
import { pathToFileURL } from "node:url";
import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { startOfflineProviders } from "../../offline/start.ts";

const [, , directory = "", name = "", config = "{}"] = process.argv;
const { default: program } = await (name === "mixed" ? import("./mixed.ts") : import("./empty.ts"));
const url = pathToFileURL(directory).href;
const providers = await startOfflineProviders({ backend: { directory, url, remove: async () => {} } });
const stack = await LocalWorkspace.createOrSelectStack(
  { stackName: "dev", projectName: "bare", program },
  { envVars: { ...providers.environment } },
);
for (const [key, value] of Object.entries(JSON.parse(config))) await stack.setConfig(key, { value: String(value) });
await stack.preview();
console.log(performance.now() / 1000);
await providers.stop();
process.exit();
