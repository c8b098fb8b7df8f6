import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { until } from "../../support/process.ts";
import { type Gateway, hasNginx, startGateway } from "../../support/products/gateway.ts";
import { type NameServer, startNameServer } from "../../support/products/name-server.ts";
import { type Ground, ground } from "../../support/products/product.ts";
import { asked, type Behind, serve } from "./asked.ts";

const isThere = await hasNginx();

/** Two instances of the backend, on one port of different addresses, and an address at which nobody listens. */
const [first, second, nobody] = ["127.0.88.1", "127.0.88.2", "127.0.88.3"] as const;

describe.skipIf(!isThere)("instances that come and go behind the gateway's names", () => {
  let on: Ground;
  let gateway: Gateway;
  let names: NameServer;
  let one: Behind;
  let other: Behind;
  let breaks = false;

  beforeAll(async () => {
    if (!isThere) return;
    // Breaks off what it has read, when it is told to.
    one = await serve({ host: first }, (request, response) =>
      breaks ? request.socket.destroy() : response.end("first"),
    );
    other = await serve({ host: second, port: one.port }, (_, response) => response.end("second"));
    names = await startNameServer();
    names.addresses.set("backend.test", [first]);
    on = ground("gateway-upstreams");
    gateway = await startGateway(on, {
      backend: { host: "backend.test", port: one.port },
      frontend: { host: "frontend.test", port: one.port },
      resolver: names.address,
    });
  });
  afterAll(async () => {
    await on?.clear();
    await names?.close();
    one?.close();
    other?.close();
  });
  beforeEach(() => {
    breaks = false;
    for (const { seen } of [one, other]) seen.length = 0;
  });

  const ask = (method = "GET", headers: Readonly<Record<string, string>> = {}) =>
    asked(`${gateway.url}/api/v1/x`, { method, headers });
  /** Until it is asked twenty times in a row: each of nginx' processes remembers names by itself. */
  const steadily = (body: string): Promise<unknown> => {
    let inARow = 0;
    return until(`${body} is asked alone`, async () => {
      while (inARow < 20) {
        const answer = await ask();
        expect(answer.status).toBe(200);
        if (answer.body !== body) {
          inARow = 0;
          return undefined;
        }
        inARow += 1;
      }
      return true;
    });
  };

  test("a name whose address changes is followed without a reload, and no request is lost", async () => {
    expect((await ask()).body).toBe("first");
    names.addresses.set("backend.test", [second]);
    await steadily("second");
  });

  test("where one address is dead the next is asked, a POST too: it was never sent", async () => {
    await steadily("second");
    names.addresses.set("backend.test", [nobody, second]);
    for (let count = 0; count < 30; count++) expect((await ask("POST")).status).toBe(200);
    expect(other.seen.filter(({ method }) => method === "POST").length).toBe(30);
  });

  /** Twenty requests to an instance that breaks off and one that does not; each is asked first about as often. */
  async function twenty(method: string, withKey: boolean): Promise<readonly number[]> {
    names.addresses.set("backend.test", [first]);
    await steadily("first");
    names.addresses.set("backend.test", [first, second]);
    await until("both are asked", async () => ((await ask()).body === "second" ? true : undefined));
    breaks = true;
    for (const { seen } of [one, other]) seen.length = 0;
    const statuses: number[] = [];
    for (let count = 0; count < 20; count++) {
      const headers = { "x-correlation-id": `request-${count}`, ...(withKey && { "idempotency-key": `key-${count}` }) };
      statuses.push((await ask(method, headers)).status);
    }
    return statuses;
  }
  /** How often each request was read, by either. */
  const timesRead = (): readonly number[] => {
    const ids = [...one.seen, ...other.seen].map(({ headers }) => headers["x-correlation-id"]);
    return [...new Set(ids)].map((id) => ids.filter((each) => each === id).length);
  };

  test("a POST that an instance broke off may have arrived: it is not repeated", async () => {
    const statuses = await twenty("POST", false);
    expect(one.seen.length).toBeGreaterThan(0);
    expect(statuses.filter((status) => status === 502).length).toBe(one.seen.length);
    expect(Math.max(...timesRead())).toBe(1);
  });

  test.each([
    ["a POST with an Idempotency-Key", "POST", true],
    ["a GET", "GET", false],
  ])("%s is repeated at the other instance, and the client sees nothing", async (_, method, withKey) => {
    expect(new Set(await twenty(method, withKey))).toEqual(new Set([200]));
    expect(one.seen.length).toBeGreaterThan(0);
    expect(Math.max(...timesRead())).toBe(2);
  });

  test("a name that leads nowhere is a problem for programs, and a page with 503 for people", async () => {
    names.addresses.delete("backend.test");
    const api = await until("the name is gone", async () => {
      const answer = await ask();
      return answer.status === 200 ? undefined : answer;
    });
    expect([api.status, api.headers["content-type"]]).toEqual([502, "application/problem+json"]);
    const page = await asked(`${gateway.url}/`);
    expect([page.status, page.headers["retry-after"], page.headers["content-type"]]).toEqual([503, "10", "text/html"]);
    names.addresses.set("backend.test", [second]);
    await until("it is back", async () => ((await ask()).status === 200 ? true : undefined));
  });
});
