import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { digestOf } from "../registry/distribution.ts";
import { registryImages } from "./registry.ts";

const type = "application/vnd.oci.image.index.v1+json";
const manifest = `{"mediaType":"${type}"}`;
const digest = digestOf(Buffer.from(manifest));
const login = Buffer.from("anna:secret").toString("base64");

/** A registry that speaks the OCI distribution API with token authentication, as distribution and ghcr.io do. */
let server: ReturnType<typeof createServer>;
let host = "";
let folder = "";
let tagged: ReadonlyMap<string, string> = new Map();

beforeEach(async () => {
  tagged = new Map();
  server = createServer((request, response) => void answer(request, response)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  host = `127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  folder = await mkdtemp(join(tmpdir(), "registry-"));
  vi.stubEnv("DOCKER_CONFIG", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});

async function answer({ url = "", method, headers }: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(url, `http://${host}`);
  if (pathname === "/token") {
    if (headers.authorization !== `Basic ${login}`) response.writeHead(401).end();
    else response.end(JSON.stringify({ token: `for ${searchParams.get("scope")}` }));
    return;
  }
  const scope = `repository:trading/backend:${method === "PUT" ? "pull,push" : "pull"}`;
  if (headers.authorization !== `Bearer for ${scope}`) {
    const challenge = `Bearer realm="http://${host}/token",service="registry",scope="${scope}"`;
    response.writeHead(401, { "WWW-Authenticate": challenge }).end();
    return;
  }
  const reference = pathname.replace("/v2/trading/backend/manifests/", "");
  if (method === "PUT") {
    tagged = new Map([...tagged, [reference, String(headers["content-type"])]]);
    response.writeHead(201).end();
  } else if (reference === digest || reference === "1.4.0") {
    response.writeHead(200, { "Content-Type": type }).end(manifest);
  } else response.writeHead(404).end();
}

const image = (version: string, more = {}) => ({ repository: `${host}/trading/backend`, version, ...more });
const loggedIn = () => writeFile(join(folder, "config.json"), JSON.stringify({ auths: { [host]: { auth: login } } }));

test("an image by its tag and by its digest; one that is gone; and the tag that says what runs", async () => {
  await loggedIn();
  expect(await registryImages.find(image("1.4.0"))).toEqual({ digest });
  expect(await registryImages.find(image("other", { digest }))).toEqual({ digest });
  expect(await registryImages.find(image("1.5.0"))).toBeUndefined();
  expect(await registryImages.mark(image("1.4.0", { digest }), "live-prod")).toBe(true);
  expect(await registryImages.mark(image("1.5.0"), "live-prod-previous")).toBe(false);
  expect([...tagged]).toEqual([["live-prod", type]]);
  expect(await registryImages.marked(image("1.4.0"), "live-prod")).toBeUndefined();
  expect(await registryImages.marked(image("1.5.0"), "1.4.0")).toBe(digest);
});

test("what docker login keeps in a helper is asked for", async () => {
  const helper = join(folder, "docker-credential-test");
  const said = JSON.stringify({ Username: "anna", Secret: "secret" });
  await writeFile(helper, `#!/bin/sh\nread registry\n[ "$registry" = "${host}" ] && echo '${said}'\n`, { mode: 0o755 });
  await writeFile(join(folder, "config.json"), JSON.stringify({ credsStore: "test" }));
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
  expect(await registryImages.find(image("1.4.0"))).toEqual({ digest });
});

test("who is not logged in is told how, and a registry that is away is named", async () => {
  await expect(registryImages.find(image("1.4.0"))).rejects.toThrow(
    `${host} does not let us pull as nobody (401): log in (docker login ${host}), or use a user who may`,
  );
  server.close();
  server.closeAllConnections();
  await expect(registryImages.find(image("1.4.0"))).rejects.toThrow(`${host} does not answer: `);
});
