/**
 * Starts a policy pack: `node policy-runner.ts <engine's address> <folder of the pack>`. What Pulumi's own runner
 * (@pulumi/pulumi/cmd/run-policy-pack) does for a pack that Node runs by itself, without loading ts-node and the
 * TypeScript compiler first: half a second of every preview.
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { deferSeldomUsed } from "./lean-sdk.ts";

const [, , , folder] = process.argv;
if (folder === undefined) throw new Error("usage: policy-runner.ts <engine's address> <folder of the pack>");

// As Pulumi's runner leaves it: the pack's own arguments, of which there are none.
process.argv.splice(2);

const main = createRequire(pathToFileURL(`${folder}/`)).resolve(folder);
deferSeldomUsed(main);
await import(pathToFileURL(main).href);
