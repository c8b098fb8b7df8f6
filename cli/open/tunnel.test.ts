import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { settingsOf } from "../../tests/support/stacks.ts";
import { openWay, typed } from "./tunnel.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tunnel-"));
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Stands for kubectl or the AWS CLI: does what the Node code says, with the words that it got in `words`. */
function program(name: string, code: string): void {
  const file = join(folder, name);
  writeFileSync(file, `#!${process.execPath}\nconst words = process.argv.slice(2);\n${code}\n`);
  chmodSync(file, 0o755);
}

const ends = { member: "prometheus", port: 9090, localPort: 19_090, stack: "prod" };

test("on a developer's host the member is there already", async () => {
  expect(await openWay(settingsOf("dev"), "alertmanager")).toMatchObject({
    url: "http://localhost:9093",
    isTunnel: false,
  });
});

test("on Kubernetes kubectl forwards a port of the service", () => {
  const kubernetes = { context: "prod-cluster" };
  const command = settingsOf("prod", "kubernetes", { kubernetes }).target.tunnel(ends)?.command("");
  expect(command === undefined ? "" : typed(command)).toBe(
    "kubectl --context=prod-cluster port-forward --namespace=trading-prod service/prometheus 19090:9090",
  );
});

test("on ECS Session Manager leads through a host of the stack", () => {
  const tunnel = settingsOf("prod", "ecs").target.tunnel(ends);
  expect(tunnel?.lookup === undefined ? "" : typed(tunnel.lookup)).toBe(
    "aws ec2 describe-instances --region=eu-central-1 --output=text --filters Name=tag:stack,Values=prod Name=instance-state-name,Values=running '--query=Reservations[0].Instances[0].InstanceId'",
  );
  const command = tunnel?.command("i-0123");
  expect(command === undefined ? "" : typed(command)).toBe(
    `aws ssm start-session --region=eu-central-1 --target=i-0123 --document-name=AWS-StartPortForwardingSessionToRemoteHost '--parameters={"host":["prometheus.prod.trading.internal"],"portNumber":["9090"],"localPortNumber":["19090"]}'`,
  );
});

// Staging's ports: another test may have production's open.
const staging = () => settingsOf("staging", "kubernetes");

test("the way is open once the port answers, and closed with it", async () => {
  program(
    "kubectl",
    `require("node:http").createServer((_, answer) => answer.end(words.join(" "))).listen(29093, "localhost");`,
  );
  const way = await openWay(staging(), "alertmanager");
  expect(way.url).toBe("http://localhost:29093");
  expect(await (await fetch(way.url)).text()).toBe(
    "port-forward --namespace=trading-staging service/alertmanager 29093:9093",
  );
  await way.close();
  await expect(fetch(way.url)).rejects.toThrow();
});

test("closing it ends what the program has started too", async () => {
  const plugin = `require("node:http").createServer((_, answer) => answer.end()).listen(29093, "localhost");`;
  program("kubectl", `require("node:child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(plugin)}]);`);
  const way = await openWay(staging(), "alertmanager");
  await way.close();
  await vi.waitFor(() => expect(fetch(way.url)).rejects.toThrow());
});

test("why it does not open is what the program says", async () => {
  program("kubectl", `console.error("error: services is forbidden"); process.exit(1);`);
  await expect(openWay(staging(), "prometheus")).rejects.toThrow(
    "the way did not open: kubectl port-forward --namespace=trading-staging service/prometheus 29090:9090\nerror: services is forbidden",
  );
});

test("a stack without a host has no way in", async () => {
  program("aws", `console.log("None");`);
  await expect(openWay(settingsOf("staging", "ecs"), "prometheus")).rejects.toThrow(
    "staging: no way in was found; this says why: aws ec2 describe-instances",
  );
});

test("a missing program and a port that is taken are named", async () => {
  vi.stubEnv("PATH", folder);
  await expect(openWay(staging(), "prometheus")).rejects.toThrow("kubectl is not on PATH");
  const other = createServer().listen(29_090, "localhost");
  await new Promise((resolve) => other.once("listening", resolve));
  await expect(openWay(staging(), "prometheus")).rejects.toThrow("port 29090 of this host is taken");
  await new Promise((resolve) => other.close(resolve));
});
