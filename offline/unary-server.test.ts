import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import { afterEach, expect, test } from "vitest";
import { failureOf, type Method, type RunningServer, type Service, serveUnary, status } from "./unary-server.ts";

let server: RunningServer;
let client: Client;
afterEach(async () => {
  client.close();
  await server.stop();
});

const same = (bytes: Buffer): Buffer => bytes;

/** As the engine asks; with gRPC's own client. */
async function serving(
  service: Service | Promise<Service>,
): Promise<(path: string, message: string) => Promise<string>> {
  server = await serveUnary(service);
  client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
  return (path, message) =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, same, same, Buffer.from(message), (error: ServiceError | null, answer?: Buffer) =>
        error === null && answer !== undefined ? resolve(answer.toString()) : reject(error),
      );
    });
}

const echo: Method = { path: "/test.Test/Echo", serve: async (request) => request };
const throws = (error: unknown): Method => ({
  path: "/test.Test/Fail",
  serve: async () => {
    throw error;
  },
});

test("answers each of many requests at once with its own message, empty or larger than a frame", async () => {
  const ask = await serving({ methods: [echo] });
  const messages = ["", "a", "ü".repeat(1_500_000), ...Array.from({ length: 200 }, (_, index) => `message ${index}`)];
  expect(await Promise.all(messages.map((message) => ask(echo.path, message)))).toEqual(messages);
});

test("requests of one connection have one peer, those of another have another", async () => {
  const peer: Method = { path: "/test.Test/Peer", serve: async (_, from) => Buffer.from(from) };
  const ask = await serving({ methods: [peer] });
  const [first, second] = [await ask(peer.path, ""), await ask(peer.path, "")];
  expect(first).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(second).toBe(first);
});

test("who asks before the service is loaded waits for it", async () => {
  let load = (_: Service): void => {};
  const ask = await serving(new Promise<Service>((resolve) => (load = resolve)));
  const asked = ask(echo.path, "early");
  load({ methods: [echo] });
  expect(await asked).toBe("early");
});

test("a service that cannot be loaded tells everybody why", async () => {
  const ask = await serving(Promise.reject(new Error("no such module")));
  await expect(ask(echo.path, "")).rejects.toMatchObject({ code: status.unknown, details: "no such module" });
});

test.each([
  { name: "an error", error: new Error("it is 100 % wrong:\n  ünlucky"), code: status.unknown },
  { name: "a code of gRPC's own", error: Object.assign(new Error("no"), { code: 5 }), code: 5 },
  { name: "a message of 50 kB", error: new Error("x".repeat(50_000)), code: status.unknown },
  { name: "half a character", error: new Error("\ud800"), code: status.unknown, told: "\ufffd" },
])("tells of $name in its words", async ({ error, code, told = error.message }) => {
  const ask = await serving({ methods: [echo, throws(error)] });
  await expect(ask("/test.Test/Fail", "")).rejects.toMatchObject({ code, details: told });
  expect(await ask(echo.path, "and goes on")).toBe("and goes on");
});

test("tells more than a message where the service has more", async () => {
  const details = Buffer.from([1, 2, 250]);
  const failure = (error: unknown) => ({ ...failureOf(error), details });
  const ask = await serving({ methods: [throws(new Error("partly"))], failure });
  const error: ServiceError = await ask("/test.Test/Fail", "").then(
    () => expect.unreachable(),
    (thrown) => thrown,
  );
  expect(error.metadata.get("grpc-status-details-bin")).toEqual([details]);
});

test("a method that it does not have is named", async () => {
  const ask = await serving({ methods: [echo] });
  await expect(ask("/test.Test/Other", "")).rejects.toMatchObject({
    code: status.unimplemented,
    details: "/test.Test/Other is not served",
  });
});
