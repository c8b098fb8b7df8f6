import { readFile } from "node:fs/promises";
import { connect } from "node:net";

/** TCP ports on which processes of a container listen, but for its own loopback; from outside it, without a program in it. */
export async function listeningPorts(pid: number): Promise<readonly number[]> {
  const tables = await Promise.all(["tcp", "tcp6"].map((table) => readFile(`/proc/${pid}/net/${table}`, "utf8")));
  const sockets = tables.flatMap((table) => table.trim().split("\n").slice(1)).map((line) => line.trim().split(/\s+/));
  const open = sockets.flatMap(([, local = "", , state]) => {
    const [address = "", port = ""] = local.split(":");
    return state === listen && !isLoopback(address) ? [Number.parseInt(port, 16)] : [];
  });
  return [...new Set(open)].sort((a, b) => a - b);
}

/** include/net/tcp_states.h */
const listen = "0A";

/** Four bytes, or four times four, each group the wrong way round: 127.0.0.0/8, ::1 and ::ffff:127.0.0.0/104. */
const isLoopback = (address: string): boolean =>
  address.length === 8
    ? address.endsWith("7F")
    : address === "00000000000000000000000001000000" || /^0{16}FFFF0000.{6}7F$/.test(address);

/** Which ports of an address of this host, from the first to the last, take a connection. */
export async function openPorts(address: string, first: number, last: number): Promise<readonly number[]> {
  const found: number[] = [];
  let next = first;
  const look = async (): Promise<void> => {
    while (next <= last) {
      const port = next++;
      if (await takes(address, port)) found.push(port);
    }
  };
  await Promise.all(Array.from({ length: 200 }, look));
  return found.sort((a, b) => a - b);
}

const takes = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", () => end(true)).once("error", () => end(false));
  });
