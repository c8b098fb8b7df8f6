import { once } from "node:events";
import { request } from "node:http";
import { createServer, type Server } from "node:https";
import { afterEach, beforeEach, expect, test } from "vitest";
import { monitoringName } from "../../components/protection.ts";
import { selfSigned } from "../engine/developer/certificate.ts";
import { freePort } from "./free-port.ts";
import { type Front, startFront } from "./front.ts";

const password = "of the test";
const basic = `Basic ${Buffer.from(`platform:${password}`).toString("base64")}`;

let far: Server;
let port: number;
let front: Front;
beforeEach(async () => {
  const { certificate, privateKey } = await selfSigned([monitoringName]);
  far = createServer({ cert: certificate, key: privateKey }, async (asked, answer) => {
    const said = (await asked.toArray()).join("");
    if (asked.headers.authorization !== basic) return answer.writeHead(401).end();
    answer.setHeader("x-far", "1");
    return answer.writeHead(asked.url === "/fails" ? 503 : 200).end(`${asked.method} ${asked.url} ${said}`);
  }).listen(0, "127.0.0.1");
  await once(far, "listening");
  const address = far.address();
  if (address === null || typeof address === "string") throw new Error("it has no port");
  port = await freePort();
  front = await startFront(port, { host: "127.0.0.1", port: address.port, certificate, password });
});
afterEach(async () => {
  await front.close();
  far.closeAllConnections();
  far.close();
});

test("what is asked arrives with the password, and the answer comes back as it is", async () => {
  const url = `http://localhost:${port}`;
  const answer = await fetch(`${url}/api?a=b`, { method: "POST", body: "text" });
  expect([answer.status, answer.headers.get("x-far"), await answer.text()]).toEqual([200, "1", "POST /api?a=b text"]);
  expect((await fetch(`${url}/fails`)).status).toBe(503);
  // Whoever comes with another password still has the stack's: it is the way that is guarded, not who is on this host.
  expect((await fetch(url, { headers: { authorization: "Basic wrong" } })).status).toBe(200);
});

/** As a browser asks whose page, or whose DNS name, is another's. */
const statusFor = (headers: Readonly<Record<string, string>>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request({ host: "localhost", port, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on("error", reject)
      .end();
  });

test("a page of another site is refused, also one whose name leads here", async () => {
  expect(await statusFor({ origin: "https://elsewhere.example.com" })).toBe(403);
  expect(await statusFor({ host: `elsewhere.example.com:${port}` })).toBe(403);
  expect(await statusFor({ origin: `http://localhost:${port}` })).toBe(200);
});

test("a far end that shows another certificate gets no password", async () => {
  const { certificate } = await selfSigned([monitoringName]);
  const address = far.address();
  if (address === null || typeof address === "string") throw new Error("it has no port");
  const own = await freePort();
  const other = await startFront(own, { host: "127.0.0.1", port: address.port, certificate, password });
  const answer = await fetch(`http://localhost:${own}/`);
  expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining("the far end does not answer")]);
  await other.close();
});
