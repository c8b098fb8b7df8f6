import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type Docker from "dockerode";
import { pack } from "tar-stream";
import { expect, test } from "vitest";
import { root } from "../../../../cli/root.ts";
import { migrations } from "../../../../services/backend/storage/migrations/index.ts";
import { checkoutVersion } from "../../../../stacks/product-versions.ts";
import { at } from "../../../support/json.ts";
import { startLoad } from "../../support/load.ts";
import { startOrderClients } from "../../support/order-clients.ts";
import type { TradingDev } from "../trading-dev.ts";
import { requireConsistent } from "./kills.ts";

/** At `--size=issue` the figure. */
const requests = process.env.TEST_SIZE === "issue" ? 50_000 : 2_500;
const symbol = "UPDATE";
const released = `${checkoutVersion}-next`;

/** A release of the real backend that widens the schema, while customers read and place orders. */
export function updateUnderLoad(the: TradingDev): void {
  test("the real backend is updated with a migration under load: no request fails, every order is there once", async () => {
    await importNextRelease(the.docker);
    const versionNow = async () => String(at(await (await the.asked("/health")).json(), "version"));
    expect(await versionNow()).toBe(checkoutVersion);

    const token = await the.token();
    const clients = startOrderClients(the.api, token, symbol);
    // One address may ask 200 times a second, and one user 6,000 times a minute: the orders alone are a user's.
    const load = startLoad(`${the.api}/health`, 16, 120);
    await load.reach(requests / 4);
    const begun = performance.now();
    const { refusal, printed } = await the.dev.release(released);
    const seconds = Math.round((performance.now() - begun) / 1000);
    await load.reach(Math.max(load.sent() + requests / 4, requests));
    const [{ sent, failures, slowest }, journal] = [await load.stop(), await clients.stop()];
    const { acknowledged, unanswered } = journal;
    console.log(
      `update of the backend, ${seconds} s: ${sent} requests and ${journal.sent} for ${acknowledged.length} orders, ` +
        `${failures.length + unanswered} failed, slowest ${slowest} ms`,
    );
    expect(refusal, printed).toBeUndefined();
    expect(failures).toEqual([]);
    expect(unanswered).toBe(0);
    expect(await versionNow()).toBe(released);
    const noted = await the.stored("select count(*) from orders where note = ''");
    expect(Number(noted)).toBeGreaterThanOrEqual(acknowledged.length);
    await the.requireOrders(journal, symbol);
    await requireConsistent(the);
  });
}

const folder = "services/backend/storage/migrations";
/** The one after this release's. */
const version = migrations.length + 1;
const file = `${String(version).padStart(3, "0")}-next.ts`;
const migration = `import type { Migration } from "../migration.ts";
export const next: Migration = {
  version: ${version},
  name: "a note of each order",
  safeSince: 1,
  sql: "alter table orders add column note text not null default ''; create index orders_noted on orders (note) where note <> '';",
};
`;

/** Every image of the application under the next version; the backend's has one more migration. */
async function importNextRelease(docker: Docker): Promise<void> {
  const names = (await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
  for (const name of names.filter(
    (each) => each.startsWith("localhost/trading/") && each.endsWith(`:${checkoutVersion}`),
  )) {
    await docker.getImage(name).tag({ repo: name.slice(0, name.lastIndexOf(":")), tag: released });
  }
  const repo = "localhost/trading/backend";
  const container = await docker.createContainer({ Image: `${repo}:${checkoutVersion}` });
  try {
    const index = (await readFile(join(root, folder, "index.ts"), "utf8"))
      .replace("\n/**", `import { next } from "./${file}";\n\n/**`)
      .replace(/,?\s*\];/, ", next];");
    const files = pack();
    files.entry({ name: file }, migration);
    files.entry({ name: "index.ts" }, index);
    files.finalize();
    await container.putArchive(Readable.from([await buffer(files)]), { path: `/app/${folder}` });
    await container.commit({ repo, tag: released });
  } finally {
    await container.remove();
  }
}
