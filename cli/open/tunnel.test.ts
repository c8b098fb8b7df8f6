import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { monitoringName } from "../../components/protection.ts";
import { settingsOf } from "../../tests/support/stacks.ts";
import { selfSigned } from "../engine/developer/certificate.ts";
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

test("on Kubernetes kubectl runs a program in a member", () => {
  const kubernetes = { context: "prod-cluster" };
  const command = settingsOf("prod", "kubernetes", { kubernetes }).target.inside("database", "prod");
  expect(command === undefined ? "" : typed(command)).toBe(
    "kubectl --context=prod-cluster exec --stdin --namespace=trading-prod statefulset/database --",
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

// Staging's ports: another test may have production's open. Grafana without single sign-on has a plain tunnel.
const staging = (target = "kubernetes") => settingsOf("staging", target, { grafana: {} });

test("the way is open once the port answers, and closed with it", async () => {
  program(
    "kubectl",
    `require("node:http").createServer((_, answer) => answer.end(words.join(" "))).listen(23001, "localhost");`,
  );
  const way = await openWay(staging(), "grafana");
  expect(way.url).toBe("http://localhost:23001");
  expect(await (await fetch(way.url)).text()).toBe(
    "port-forward --namespace=trading-staging service/grafana 23001:3001",
  );
  await way.close();
  await expect(fetch(way.url)).rejects.toThrow();
});

test("closing it ends what the program has started too", async () => {
  const plugin = `require("node:http").createServer((_, answer) => answer.end()).listen(23001, "localhost");`;
  program("kubectl", `require("node:child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(plugin)}]);`);
  const way = await openWay(staging(), "grafana");
  await way.close();
  await vi.waitFor(() => expect(fetch(way.url)).rejects.toThrow());
});

test("why it does not open is what the program says", async () => {
  program("kubectl", `console.error("error: services is forbidden"); process.exit(1);`);
  await expect(openWay(staging(), "grafana")).rejects.toThrow(
    "the way did not open: kubectl port-forward --namespace=trading-staging service/grafana 23001:3001\nerror: services is forbidden",
  );
});

test("a stack without a host has no way in", async () => {
  program("aws", `console.log("None");`);
  await expect(openWay(staging("ecs"), "grafana")).rejects.toThrow(
    "staging: no way in was found; this says why: aws ec2 describe-instances",
  );
});

test("a missing program and a port that is taken are named", async () => {
  vi.stubEnv("PATH", folder);
  await expect(openWay(staging(), "grafana")).rejects.toThrow("kubectl is not on PATH");
  const other = createServer().listen(23_001, "localhost");
  await new Promise((resolve) => other.once("listening", resolve));
  await expect(openWay(staging(), "grafana")).rejects.toThrow("port 23001 of this host is taken");
  await new Promise((resolve) => other.close(resolve));
});

test("before what is protected stands one that knows certificate and password", async () => {
  const { certificate, privateKey } = await selfSigned([monitoringName]);
  const entries = { monitoringCertificate: certificate, monitoringPassword: "of the test" };
  program(
    "aws",
    `const entries = ${JSON.stringify(entries)};
    const said = (name) => words.find((word) => word.startsWith("--" + name + "="))?.split("=").slice(1).join("=");
    if (words[0] === "secretsmanager") console.log(entries[said("secret-id").split("/").at(-1)]);
    if (words[0] === "ec2") console.log("i-0123");
    if (words[0] === "ssm") {
      require("node:https")
        .createServer(${JSON.stringify({ cert: certificate, key: privateKey })}, (asked, answer) =>
          answer.end(Buffer.from(asked.headers.authorization.split(" ")[1], "base64").toString()))
        .listen(Number(JSON.parse(said("parameters")).localPortNumber[0]), "127.0.0.1");
    }`,
  );
  const way = await openWay(staging("ecs"), "alertmanager");
  expect(way.url).toBe("http://localhost:29093");
  expect(await (await fetch(way.url)).text()).toBe("platform:of the test");
  await way.close();
  await expect(fetch(way.url)).rejects.toThrow();
});

test("a secret that the cloud does not give is named; a public Grafana needs no way", async () => {
  program("aws", "process.exit(1);");
  await expect(openWay(staging("ecs"), "prometheus")).rejects.toThrow(
    "secret monitoringCertificate: AWS Secrets Manager does not give it to you, or has none at arn:aws:secretsmanager:eu-central-1:111122223333:secret:trading/staging/monitoringCertificate",
  );
  expect(await openWay(settingsOf("staging"), "grafana")).toMatchObject({
    url: "https://grafana.staging.trading.example.com",
    isTunnel: false,
  });
});
