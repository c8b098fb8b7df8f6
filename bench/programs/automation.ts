/**
 * The bare engine as Pulumi's Automation API runs it, with the stand-in providers: `node automation.ts <backend> <types>`
 * previews the program of empty resources and prints the seconds since the process began. In its environment: PATH with
 * the engine, PULUMI_BACKEND_URL, a passphrase.
 */
import { pathToFileURL } from "node:url";
import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { startOfflineProviders } from "../../offline/start.ts";
import empty from "./empty.ts";

const [, , directory = "", types = ""] = process.argv;
const url = pathToFileURL(directory).href;
const providers = await startOfflineProviders({ backend: { directory, url, remove: async () => {} } });
const stack = await LocalWorkspace.createOrSelectStack(
  { stackName: "dev", projectName: "bare", program: empty },
  { envVars: { ...providers.environment } },
);
await stack.setConfig("bench:types", { value: types });
await stack.preview();
console.log(performance.now() / 1000);
await providers.stop();
process.exit();
