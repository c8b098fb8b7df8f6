import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTcpServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { probe } from "../../cli/setup/probe.ts";
import { ensureOwn } from "../../cli/setup/tool.ts";

let program: string;
let folder: string;
let base: string;
const servers: Server[] = [];

beforeAll(async () => {
  program = await ensureOwn(probe);
  folder = mkdtempSync(join(tmpdir(), "probe-"));
  const http = createServer((request, answer) => {
    if (request.url === "/never") return;
    const status = Number(request.url?.slice(1));
    answer.writeHead(status, status === 302 ? { location: "/500" } : {}).end("body");
  });
  base = `http://127.0.0.1:${await listen(http)}`;
}, 300_000);

afterAll(() => {
  for (const server of servers) server.close();
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

interface Said {
  readonly code: number;
  readonly error: string;
}

const ask = (...words: readonly string[]): Promise<Said> =>
  new Promise((resolve) => {
    execFile(program, words, (error, _, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), error: stderr.trim() });
    });
  });

describe("http", () => {
  test.each([200, 204, 302, 399])("%i is healthy; a redirect is not followed", async (status) => {
    expect(await ask("http", `${base}/${status}`, "5")).toEqual({ code: 0, error: "" });
  });

  test.each([400, 404, 500, 503])("%i is not, and is said", async (status) => {
    const { code, error } = await ask("http", `${base}/${status}`, "5");
    expect([code, error]).toEqual([
      1,
      expect.stringMatching(new RegExp(`^probe: ${base}/${status} answers ${status}`)),
    ]);
  });

  test("no answer in time is not healthy", async () => {
    const { code, error } = await ask("http", `${base}/never`, "1");
    expect([code, error]).toEqual([1, expect.stringContaining("Client.Timeout")]);
  });
});

test("tcp: a port that takes connections, and one that does not", async () => {
  const server = createTcpServer((socket) => socket.destroy());
  const port = await listen(server);
  expect(await ask("tcp", `127.0.0.1:${port}`, "5")).toEqual({ code: 0, error: "" });
  await new Promise((resolve) => server.close(resolve));
  expect(await ask("tcp", `127.0.0.1:${port}`, "5")).toMatchObject({
    code: 1,
    error: expect.stringContaining("refused"),
  });
});

test("install copies the program, executable, over an older one, and leaves nothing else", async () => {
  for (let round = 0; round < 2; round += 1) expect(await ask("install", folder)).toEqual({ code: 0, error: "" });
  expect(readdirSync(folder)).toEqual(["probe"]);
  const copy = join(folder, "probe");
  expect(statSync(copy).mode & 0o777).toBe(0o755);
  expect(readFileSync(copy).equals(readFileSync(program))).toBe(true);
  expect(await ask("install", join(folder, "nowhere"))).toMatchObject({
    code: 1,
    error: expect.stringContaining("probe:"),
  });
});

test.each([[], ["http"], ["ping", "x", "1"], ["http", "http://x", "soon"], ["tcp", "x:1", "0"]])(
  "wrong words: %j",
  async (...words) => {
    expect(await ask(...words)).toMatchObject({ code: 2, error: expect.stringContaining("usage:") });
  },
);
