import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { listeningPorts, openPorts } from "./listening.ts";

test.runIf(process.platform === "linux").each(["0.0.0.0", "::", "127.0.0.1", "127.0.9.9", "::1"])(
  "who listens on %s is found, on the loopback by a connection alone",
  async (address) => {
    const server = createServer().listen(0, address);
    await once(server, "listening");
    const bound = server.address();
    if (bound === null || typeof bound === "string") throw new Error("it has no port");
    const isOpen = (await listeningPorts(process.pid)).includes(bound.port);
    expect(isOpen).toBe(!/^(127|::1)/.test(address));
    server.close();
  },
);

test("an address of this host is asked port by port", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("it has no port");
  expect(await openPorts("127.0.0.1", bound.port - 20, bound.port + 20)).toContain(bound.port);
  server.close();
});
