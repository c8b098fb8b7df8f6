import { execFile } from "node:child_process";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { isAlive } from "../../../cli/setup/lock.ts";

const run = promisify(execFile);

/** A network interface of this machine. */
export interface Link {
  readonly name: string;
  readonly addresses: readonly string[];
}

/** The bridge of a daemon of the tests, by the second number of its 10.x network. */
export const bridgeOf = (number: number): string => `tpd${number}`;

/** File in a daemon's folder that names its bridge, for who ends the daemon. */
export const bridgeFile = "bridge";

/**
 * Bridges that a daemon of the tests left when it was killed: its own, and those of its networks, which have addresses of
 * the same 10.x network.
 * @param claimed bridges of daemons that live.
 */
export function staleLinks(links: readonly Link[], claimed: ReadonlySet<string>): readonly string[] {
  const stale = links.flatMap(({ name }) => (claimed.has(name) ? [] : (/^tpd(\d+)$/.exec(name)?.[1] ?? [])));
  return links
    .filter(({ name, addresses }) =>
      stale.some(
        (number) =>
          name === `tpd${number}` ||
          (name.startsWith("br-") && addresses.some((address) => address.startsWith(`10.${number}.`))),
      ),
    )
    .map(({ name }) => name);
}

/** Removes them. */
export async function removeStaleLinks(daemonsFolder: string): Promise<void> {
  for (const name of staleLinks(await bridges(), await claimedIn(daemonsFolder)))
    await run("ip", ["link", "delete", name]).catch(() => {});
}

const shown = z.array(z.object({ ifname: z.string(), addr_info: z.array(z.object({ local: z.string() })) }));

async function bridges(): Promise<readonly Link[]> {
  const { stdout } = await run("ip", ["-json", "address", "show", "type", "bridge"]);
  // An interface without an address is told as an empty object by some versions.
  const told = z.array(z.looseObject({})).parse(JSON.parse(stdout || "[]"));
  return shown
    .parse(told.filter((link) => "ifname" in link))
    .map(({ ifname, addr_info }) => ({ name: ifname, addresses: addr_info.map(({ local }) => local) }));
}

/** Of the daemons whose process lives, or that are about to start. */
async function claimedIn(daemonsFolder: string): Promise<ReadonlySet<string>> {
  const beside = (await readdir(dirname(daemonsFolder))).map((entry) => join(dirname(daemonsFolder), entry));
  const folders = [...beside.filter((path) => path.startsWith(`${daemonsFolder}-`)), join(daemonsFolder, "daemon")];
  const claimed = folders.map(async (folder) => {
    const file = join(folder, bridgeFile);
    const bridge = await readFile(file, "utf8").catch(() => undefined);
    if (bridge === undefined) return [];
    const pid = Number(await readFile(join(folder, "dockerd.pid"), "utf8").catch(() => "0"));
    const isNew = Date.now() - (await stat(file)).mtimeMs < startTime;
    return isNew || (pid > 0 && isAlive(pid)) ? [bridge] : [];
  });
  return new Set((await Promise.all(claimed)).flat());
}

/** A daemon has said its process by then, in ms. */
const startTime = 60_000;
