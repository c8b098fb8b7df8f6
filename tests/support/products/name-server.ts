import { createSocket } from "node:dgram";
import { once } from "node:events";

/** A DNS server of a test's own, on the loopback. */
export interface NameServer {
  /** `address:port`, as nginx wants it. */
  readonly address: string;
  /** IPv4 addresses by name, asked for each time. */
  readonly addresses: Map<string, readonly string[]>;
  close(): Promise<unknown>;
}

/** Starts one that knows no name yet. */
export async function startNameServer(): Promise<NameServer> {
  const addresses = new Map<string, readonly string[]>();
  const socket = createSocket("udp4");
  socket.on("message", (query, { port, address }) => socket.send(answerTo(query, addresses), port, address));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    addresses,
    close: () => new Promise((resolve) => socket.close(() => resolve(undefined))),
  };
}

/** The question and what is known of it (RFC 1035, 4.1); addresses are good for no time at all. */
function answerTo(query: Buffer, addresses: ReadonlyMap<string, readonly string[]>): Buffer {
  const headerSize = 12;
  const { name, size } = nameAt(query, headerSize);
  const found = addresses.get(name) ?? [];
  const header = Buffer.from(query.subarray(0, headerSize));
  // A response, recursion available; status 3: there is no such name.
  header.writeUInt16BE(found.length > 0 ? 0x81_80 : 0x81_83, 2);
  header.writeUInt16BE(found.length, 6);
  header.writeUInt32BE(0, 8);
  const question = query.subarray(headerSize, headerSize + size + 4);
  const answers = found.map((address) =>
    // The name of the question; an address of the internet, for 0 seconds, in four bytes.
    Buffer.from([0xc0, headerSize, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split(".").map(Number)]),
  );
  return Buffer.concat([header, question, ...answers]);
}

/** A name in its labels, and how many bytes it takes. */
function nameAt(query: Buffer, start: number): { readonly name: string; readonly size: number } {
  const labels: string[] = [];
  let at = start;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("ascii", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join("."), size: at + 1 - start };
}
