import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runInCompose } from "../../../cli/backup/compose.ts";
import type { Wish } from "../../../cli/backup/elsewhere.ts";
import { selfSigned } from "../../../cli/engine/developer/certificate.ts";
import { composePlaces } from "../../../cli/render/compose.ts";
import { debianObstacle, installDebian } from "../../../cli/setup/debian.ts";
import { findProgram } from "../../../cli/setup/program.ts";
import { monitoringName, monitoringUser } from "../../../components/protection.ts";
import { asked } from "../../config/gateway/asked.ts";
import { dockerDaemon } from "../../support/docker/daemon.ts";
import { at, list } from "../../support/json.ts";
import { until } from "../../support/process.ts";
import { linesOf } from "../logging/stored.ts";
import { type WithCompose, withCompose } from "./with-compose.ts";

/** Production, as who uses nothing but Compose has it on one host, with images that are built here. */
const [, place] = composePlaces();
const domain = "trading.example.com";
const addresses = { loopback: "127.0.77.22", public: "127.0.77.23" };
const { certificate, privateKey } = await selfSigned([domain, `grafana.${domain}`]);

/** What the script asks people for. Nobody is told anything here: the receivers are away. */
const peoples = {
  "tls-certificate": certificate,
  "tls-private-key": privateKey,
  "slack-webhook-url": "https://hooks.slack.example.com/services/T/B/x",
  "pagerduty-routing-key": "fedcba9876543210fedcba9876543210",
  "smtp-password": randomUUID(),
  "grafana-oidc-client-secret": randomUUID(),
};

async function people(folder: string): Promise<void> {
  for (const [name, text] of Object.entries(peoples)) await writeFile(join(folder, name), text, { mode: 0o644 });
}

/** What the script has made. */
async function variable({ folder }: WithCompose, name: string): Promise<string> {
  const found = new RegExp(`^${name}=(.+)$`, "m").exec(await readFile(join(folder, ".env"), "utf8"));
  return found?.[1] ?? expect.unreachable(`the script made no ${name}`);
}

/** As a customer comes: by the site's name, trusting its certificate. */
const customer = async (path: string, how: Parameters<typeof asked>[1] = {}) =>
  asked(`https://${addresses.public}${path}`, {
    ...how,
    ca: certificate,
    name: domain,
    headers: { host: domain, "content-type": "application/json", ...how.headers },
  });

/** As an operator comes, on the host itself. */
async function operator(the: WithCompose, port: number, path: string, password?: string) {
  const login = Buffer.from(`${monitoringUser}:${password ?? (await variable(the, "MONITORING_PASSWORD"))}`);
  return asked(`https://${addresses.loopback}:${port}${path}`, {
    ca: await readFile(join(the.folder, "secrets", "monitoring-certificate"), "utf8"),
    name: monitoringName,
    headers: { authorization: `Basic ${login.toString("base64")}` },
  });
}

const daemon = await dockerDaemon();
// The script wants it; most hosts of a web server have it.
if (daemon !== undefined && findProgram("htpasswd") === undefined && debianObstacle() === undefined) {
  await installDebian(["apache2-utils"]);
}

const options = {
  place,
  addresses,
  people,
  measured: async (query: string, the: WithCompose) =>
    JSON.parse((await operator(the, 9090, `/api/v1/query?query=${query}`)).body),
};

withCompose("docker compose up, in production [requirement environment/production]", daemon, options, (the) => {
  test("who comes by HTTP is sent to HTTPS", async () => {
    const { status, headers } = await asked(`http://${addresses.public}/orders?limit=1`, { headers: { host: domain } });
    expect([status, headers.location]).toEqual([308, `https://${domain}/orders?limit=1`]);
  });

  test("the page and the API answer by HTTPS, and say so for the time to come", async () => {
    const page = await customer("/");
    expect(page.status).toBe(200);
    expect(page.headers["strict-transport-security"]).toBe("max-age=31536000");
    const health = await customer("/api/v1/health");
    expect(health.status).toBe(200);
    expect(JSON.parse(health.body)).toMatchObject({
      status: "healthy",
      version: place.settings.images.version,
      environment: "production",
    });
  });

  const logIn = async (): Promise<string> => {
    const password = await variable(the, "APPLICATION_ADMIN_PASSWORD");
    const credentials = JSON.stringify({ username: "admin", password });
    const login = await customer("/api/v1/auth/login", { method: "POST", body: credentials });
    expect(login.status).toBe(200);
    return `Bearer ${at(JSON.parse(login.body), "token")}`;
  };

  test("an order is placed once, is executed, and who placed it can be read in the log", async () => {
    const authorization = await logIn();
    const [key, correlationId] = [randomUUID(), randomUUID()];
    const placed = () =>
      customer("/api/v1/orders", {
        method: "POST",
        headers: { authorization, "idempotency-key": key, "x-correlation-id": correlationId },
        body: JSON.stringify({ symbol: "ACME", side: "buy", quantity: 1 }),
      });
    const [first, again] = [await placed(), await placed()];
    expect([first.status, again.status]).toEqual([201, 200]);
    const { id } = JSON.parse(first.body);
    expect(JSON.parse(again.body)).toMatchObject({ id });
    await until("the order is executed", async () => {
      const { body } = await customer(`/api/v1/orders/${id}`, { headers: { authorization } });
      return at(JSON.parse(body), "state") === "executed" ? true : undefined;
    });
    // At production's level, of what an audit wants.
    await until("its lines are stored", async () => {
      const lines = await linesOf(`http://${addresses.loopback}:3100`, `{stack="prod"} |= "${id}"`);
      const isTold = (event: string) => lines.some(({ line }) => line.includes(`"event":"${event}"`));
      return isTold("order_placed") && isTold("order_executed") ? true : undefined;
    });
  });

  test("its database is backed up and restored by the commands that ./platform prints", async () => {
    const stack = { docker: the.docker, stack: "prod", workloads: the.workloads };
    const printed = async (wish: Wish): Promise<readonly string[]> => {
      const advice = await runInCompose(stack, wish, wish === "restore" ? { force: true } : {});
      return (advice ?? "").split("\n").filter((line) => line.startsWith("  "));
    };
    const said = async (wish: Wish): Promise<string> => {
      const all: string[] = [];
      for (const line of await printed(wish)) all.push(await the.shell(line));
      return all.join("");
    };
    const { id } = JSON.parse(await said("now"));
    expect(list(JSON.parse(await said("list"))).map((backup) => at(backup, "id"))).toContain(id);
    const headers = { authorization: await logIn() };
    const orders = async () => {
      const { status, body } = await customer("/api/v1/orders?limit=100", { headers });
      return status === 200 ? list(at(JSON.parse(body), "orders")) : undefined;
    };
    const before = await orders();
    expect(before?.length).toBeGreaterThan(0);
    await said("restore");
    expect(await until("the backend has its database again", orders)).toEqual(before);
    const kept = `${(await printed("list"))[0]?.replace(/ exec .*/, "")} exec database ls /var/lib/postgresql/data`;
    expect(await the.shell(kept)).toMatch(/^pgdata\npgdata\.before-/m);
  });

  test("metrics, and what else is an operator's, are not there for customers", async () => {
    const { hiddenPaths } = place.settings.gateway;
    expect(hiddenPaths).toContain("/api/v1/metrics");
    for (const path of hiddenPaths) expect((await customer(path)).status, path).toBe(404);
    const loopback = await asked(`http://${addresses.loopback}:8000/api/v1/metrics`);
    expect(loopback.status).toBe(200);
  });

  test.each([
    ["prometheus", 9090],
    ["alertmanager", 9093],
  ])("%s asks who it is, on the host too", async (_, port) => {
    expect((await operator(the, port, "/-/ready")).status).toBe(200);
    expect((await operator(the, port, "/-/ready", "a guess")).status).toBe(401);
  });
});
