import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { thirdPartyImages } from "../../components/delivery/third-party.ts";
import { imageReference } from "../../components/workload/index.ts";
import { formatMirrored, mirrorFile } from "../../stacks/mirrored.ts";
import { settingsOf } from "./stacks.ts";

/** Locks a made-up copy of each third-party image of a stack, as `./platform images mirror` does in a checkout. */
export function lockMirrored(checkout: string, stack: string): void {
  const copy = {
    digest: `sha256:${"a".repeat(64)}`,
    named: `sha256:${"b".repeat(64)}`,
    since: "2026-11-26T08:30:00.000Z",
  };
  const images = Object.fromEntries(thirdPartyImages(settingsOf(stack)).map((image) => [imageReference(image), copy]));
  const file = join(checkout, mirrorFile(stack));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, formatMirrored(stack, images));
}
