import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { at } from "../../tests/support/json.ts";
import { digestOf, openRegistry } from "../registry/distribution.ts";
import { copyImage, patientPlaces } from "./copy.ts";

const layer = Buffer.alloc(200_000, "layer");
const config = Buffer.from("{}");
const descriptorOf = (bytes: Buffer) => ({ digest: digestOf(bytes), size: bytes.length });
const manifest = Buffer.from(JSON.stringify({ config: descriptorOf(config), layers: [descriptorOf(layer)] }));
const digest = digestOf(manifest);

/** A registry of one image that can be made to fail, by what is asked of it. */
class FaultyRegistry {
  readonly held = new Map<string, Buffer>();
  /** Answers left that end half way, by the beginning of what is asked. */
  readonly faults = new Map<string, { times: number; how: "cut" | "half" | number }>();
  readonly asked: string[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  async start() {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      this.#server.closeAllConnections();
      this.#server.close();
    });
    return { registry: openRegistry(`127.0.0.1:${String(at(this.#server.address(), "port"))}`), name: "shop" };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = `${request.method} ${request.url}`;
    this.asked.push(asked);
    const [, fault] = [...this.faults].find(([beginning, { times }]) => times > 0 && asked.startsWith(beginning)) ?? [];
    if (fault !== undefined) {
      fault.times--;
      if (typeof fault.how === "number") response.writeHead(fault.how).end();
      else if (fault.how === "cut") request.socket.destroy();
      else {
        response.writeHead(200, { "content-length": layer.length });
        response.write(layer.subarray(0, 1000), () => request.socket.destroy());
      }
      return;
    }
    const url = new URL(request.url ?? "", "http://registry");
    const wanted = url.searchParams.get("digest") ?? url.pathname.split("/").at(-1) ?? "";
    if (request.method === "POST") response.writeHead(202, { location: "/v2/shop/blobs/uploads/1" }).end();
    else if (request.method === "PUT") {
      // Of a sending that is cut off nothing is kept.
      const sent = await buffer(request).catch(() => undefined);
      if (sent !== undefined) this.held.set(wanted, sent);
      response.writeHead(201).end();
    } else {
      const bytes = this.held.get(wanted);
      response.writeHead(bytes === undefined ? 404 : 200, { "docker-content-digest": wanted });
      response.end(request.method === "HEAD" ? undefined : bytes);
    }
  }
}

let maker: FaultyRegistry;
let own: FaultyRegistry;
let told: string[];
let waits: number[];
const patience = { pauses: [1000, 5000], wait: async (pause: number) => void waits.push(pause) };

beforeEach(() => {
  [maker, own, told, waits] = [new FaultyRegistry(), new FaultyRegistry(), [], []];
  for (const bytes of [layer, config, manifest]) maker.held.set(digestOf(bytes), bytes);
  vi.spyOn(console, "error").mockImplementation((line: string) => void told.push(line));
});

async function copied() {
  const [from, to] = await Promise.all([maker.start(), own.start()]);
  const open = patientPlaces(async () => from, patience);
  return copyImage(await open({ repository: "any/shop" }), to, digest, patience);
}

test.each([
  ["a question is cut off", "GET /v2/shop/manifests", "cut"],
  ["an answer ends half way", "GET /v2/shop/manifests", "half"],
  ["a layer ends half way", `GET /v2/shop/blobs/${digestOf(layer)}`, "half"],
  ["its registry has a fault of its own", `GET /v2/shop/blobs/${digestOf(layer)}`, 503],
] as const)("%s, twice: it is asked again, and the copy is whole", async (_, asked, how) => {
  maker.faults.set(asked, { times: 2, how });
  expect(await copied()).toBe(layer.length + config.length);
  expect([...own.held.keys()].sort()).toEqual([digest, digestOf(config), digestOf(layer)].sort());
  for (const [name, bytes] of own.held) expect(digestOf(bytes)).toBe(name);
  expect(waits).toEqual([1000, 5000]);
  expect(told).toEqual([expect.stringMatching(/trying again in 1 s$/), expect.stringMatching(/trying again in 5 s$/)]);
});

test.each([
  ["POST /v2/shop/blobs/uploads", "cut"],
  ["PUT /v2/shop/blobs/uploads", "cut"],
  ["PUT /v2/shop/manifests", 502],
] as const)("sending is cut off: %s, and is done again", async (asked, how) => {
  own.faults.set(asked, { times: 1, how });
  await copied();
  expect(own.held.size).toBe(3);
  expect(waits).toEqual([1000]);
});

test("what stays away is told, with what was tried and how often", async () => {
  maker.faults.set(`GET /v2/shop/blobs/${digestOf(layer)}`, { times: 9, how: "cut" });
  await expect(copied()).rejects.toThrow(
    new RegExp(`^copying ${digestOf(layer)} of 127\\.0\\.0\\.1:\\d+/shop: .* does not answer: .*; tried 3 times$`),
  );
  expect(maker.asked.filter((each) => each.includes(digestOf(layer)))).toHaveLength(3);
});

test("what is refused is not asked again", async () => {
  maker.faults.set(`GET /v2/shop/blobs/${digestOf(layer)}`, { times: 9, how: 403 });
  await expect(copied()).rejects.toThrow(/does not let us read shop@sha256:\w+ \(403\): log in/);
  expect(waits).toEqual([]);
});
