import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { afterEach, expect, test, vi } from "vitest";
import { settingsOf } from "../../tests/support/stacks.ts";
import { UserError } from "../console/error.ts";
import { printAnywhere } from "./anywhere.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0)) close();
});

/** Dev whose loopback ports are at an address of this host that nobody else uses. */
const dev = (loopbackAddress: string) => settingsOf("dev", "docker", { docker: { loopbackAddress } });

async function atLokis(address: string, answer: RequestListener): Promise<void> {
  const server = createServer(answer).listen(3100, address);
  await once(server, "listening");
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
}

const request = { component: "backend", level: "ERROR" } as const;
const asked = (address: string): string =>
  `Loki at http://${address}:3100 was asked for {stack="dev",service="backend",level=~"ERROR|CRITICAL"}`;

/** What is said and done, in its order. */
async function printed(settings: ReturnType<typeof dev>, refusal?: UserError): Promise<readonly string[]> {
  const told: string[] = [];
  await printAnywhere(settings, request, undefined, {
    say: (line) => told.push(line),
    printOwn: async (begin) => {
      if (refusal !== undefined) throw refusal;
      begin();
      told.push("the lines");
    },
  });
  return told;
}

const message = (action: Promise<unknown>): Promise<string> =>
  action.then(
    () => "nothing was refused",
    (error: unknown) => (error instanceof UserError ? error.message : `no word for people: ${error}`),
  );

test("with Loki down one message says what it was asked for, why it does not answer and what to do; the containers' own lines follow", async () => {
  expect(await printed(dev("127.83.1.1"))).toEqual([
    `${asked("127.83.1.1")} and does not answer: connect ECONNREFUSED 127.83.1.1:3100; these are the containers' own lines, of every level. What runs: ./platform status dev`,
    "the lines",
  ]);
});

test("where there are no containers either, it is one message too", async () => {
  const refusal = new UserError("dev has no containers: ./platform up dev");
  expect(await message(printed(dev("127.83.1.1"), refusal))).toBe(
    `${asked("127.83.1.1")} and does not answer: connect ECONNREFUSED 127.83.1.1:3100; and the containers' own lines: dev has no containers: ./platform up dev`,
  );
});

test.each([
  ["is not well", "127.83.1.2", 503, "too many outstanding requests", " and says 503: too many outstanding requests"],
  ["is another program", "127.83.1.3", 200, "<html>\n", "; what answers there is not Loki: <html>"],
  ["is another program that speaks JSON", "127.83.1.4", 200, "{}", "; what answers there is not Loki: {}"],
])(
  "what answers at Loki's address %s: that is said, at the address that the stack says",
  async (_, at, status, body, said) => {
    await atLokis(at, (_, response) => {
      response.statusCode = status;
      response.end(body);
    });
    const [line, ...rest] = await printed(dev(at));
    expect(line).toContain(`${asked(at)}${said}; these are the containers' own lines`);
    expect(rest).toEqual(["the lines"]);
  },
);

test("a Loki that goes while it answers is told as one that does not answer", async () => {
  await atLokis("127.83.1.5", (_, response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write("{", () => response.destroy());
  });
  const [line] = await printed(dev("127.83.1.5"));
  expect(line).toContain(`${asked("127.83.1.5")} and does not answer: `);
});

test("a Loki that answers is asked at the stack's own address, and nothing else is said", async () => {
  const paths: (string | undefined)[] = [];
  await atLokis("127.83.1.6", ({ url }, response) => {
    paths.push(url?.split("?")[0]);
    response.end(JSON.stringify({ data: { result: [] } }));
  });
  expect(await printed(dev("127.83.1.6"))).toEqual([]);
  expect(paths).toEqual(["/loki/api/v1/query_range"]);
});

test("elsewhere than on Docker the way to the containers' own lines is told with the reason", async () => {
  vi.stubEnv("PATH", "/nowhere");
  const onKubernetes = await message(printed(settingsOf("dev", "kubernetes")));
  const end = onKubernetes.lastIndexOf("; the containers' own lines: ");
  // Why there is no way in is another's to say (cli/open): a program that is missing here, or a port that is taken.
  expect(onKubernetes.slice(0, end)).toMatch(
    /^Loki was to be asked for \{stack="dev",service="backend",level=~"ERROR\|CRITICAL"\}, and .+/,
  );
  expect(onKubernetes.slice(end)).toBe(
    "; the containers' own lines: kubectl logs --namespace trading-dev --selector app.kubernetes.io/name=backend --all-containers --prefix --since 1h (of what runs once a host: --namespace trading-dev-hosts)",
  );
  expect(await message(printed(settingsOf("staging", "ecs")))).toContain(
    ", and aws is not on PATH: it reads the secret monitoringCertificate; the containers' own lines are on the stack's hosts: docker logs, over Session Manager",
  );
});
