import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below what systems give to outgoing connections and to whoever asks for any port (Linux from 32768 on, macOS from 49152
 * on): such a port could be another's before it is used.
 */
const range = { first: 15_000, last: 32_000 };

/** A port of the loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = range.first + Math.floor(Math.random() * (range.last - range.first));
    if (await isFree(port)) return port;
  }
  throw new Error(`no port from ${range.first} to ${range.last} is free`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
