import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test, vi } from "vitest";
import { freePort } from "./free-port.ts";

test("is none that a system gives to outgoing connections, and can be listened on", async () => {
  const port = await freePort();
  expect(port).toBeGreaterThanOrEqual(15_000);
  expect(port).toBeLessThan(32_000);
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  server.close();
});

test("is not one that somebody listens on", async () => {
  const taken = createServer().listen(await freePort(), "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  if (address === null || typeof address === "string") throw new Error("it listens on no port");
  const other = 20_000;
  // The place in the range of the taken one first, then of another.
  const place = (port: number) => (port - 15_000 + 0.5) / 17_000;
  vi.spyOn(Math, "random").mockReturnValueOnce(place(address.port)).mockReturnValue(place(other));
  expect(await freePort()).toBe(other);
  vi.restoreAllMocks();
  taken.close();
});
