import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type Docker from "dockerode";
import { expect } from "vitest";
import { developerHome } from "../../../cli/engine/developer/home.ts";
import { describePlatform, isWorkload, membersOf } from "../../../components/specification.ts";
import { settingsOf } from "../../support/stacks.ts";
import type { Now } from "./breaking.ts";
import { listeningPorts, openPorts } from "./listening.ts";
import { filesUnder, inspected, processArguments, tracesIn, writtenLines } from "./traces.ts";

const workloads = membersOf(describePlatform(settingsOf("dev"))).filter(isWorkload);
const specOf = (name: string) => workloads.find((spec) => spec.name === name) ?? expect.unreachable(name);

/** On all addresses of a container beside what its spec says: Loki's servers talk to each other by it, also where it is one. */
const undeclared: Readonly<Record<string, readonly number[]>> = { loki: [9095] };

/** Each container listens on the ports of its spec, and on nothing else. */
export async function requireDeclaredPorts(containers: readonly Now[]): Promise<void> {
  for (const { component, pid } of containers) {
    const declared = specOf(component).ports.map(({ number }) => number);
    const expected = [...new Set([...declared, ...(undeclared[component] ?? [])])].sort((a, b) => a - b);
    expect(await listeningPorts(pid), component).toEqual(expected);
  }
}

/** Of this address, to which nothing is published, whatever answers is the machine's own. */
const nobodys = "127.0.77.250";

/** At the stack's public address the gateway's public ports are open, and no others. */
export async function requireGatewayAlone(address: string, last: number): Promise<void> {
  const [open, own] = [await openPorts(address, 1, last), await openPorts(nobodys, 1, last)];
  const expected = specOf("gateway").ports.filter(({ exposure }) => exposure === "public");
  expect(open.filter((port) => !own.includes(port))).toEqual(
    expected.map(({ number }) => number).sort((a, b) => a - b),
  );
}

/** What dev's passwords, tokens and keys are; the addresses of its sink are no secrets. */
async function secretsOfDev(): Promise<ReadonlyMap<string, string>> {
  const kept: Readonly<Record<string, string>> = JSON.parse(await readFile(developerHome().secretsFile, "utf8"));
  const { slackWebhookUrl: _, smtpPassword: __, pagerdutyRoutingKey: ___, tlsCertificate: ____, ...secrets } = kept;
  // The lines of a key are the same wherever it stands, but for what is around them.
  const { tlsPrivateKey = "" } = secrets;
  return new Map(Object.entries({ ...secrets, tlsPrivateKey: tlsPrivateKey.split("\n")[1] ?? "" }));
}

/**
 * No secret's value is in what the containers have written, in their processes' arguments, in what the commands printed, in the
 * stack's state and history, or in `docker inspect`; but for the variables that Docker cannot hold otherwise
 * (docs/targets.md), which are those of the specs.
 */
export async function requireNoTraces(docker: Docker, printed: string): Promise<void> {
  const { directory, secretsFile, passphraseFile } = developerHome();
  const secrets = new Map([
    ...(await secretsOfDev()),
    ["the passphrase", (await readFile(passphraseFile, "utf8")).trim()] as const,
  ]);
  expect(secrets.size).toBeGreaterThanOrEqual(8);
  const kept = [secretsFile, passphraseFile].map((file) => file.slice(dirname(file).length + 1));
  const containers = await inspected(docker);
  const places = [
    ...(await writtenLines(docker)),
    ...(await processArguments(docker)),
    ...(await filesUnder(directory, kept)),
    ...containers.map(({ rest }) => rest),
    { name: "what the commands printed", text: printed },
  ];
  expect(tracesIn(secrets, places)).toEqual([]);

  const stated = containers.flatMap(({ component }) =>
    specOf(component).secretVariables.map(({ name, secret }) => `${secret} in ${component}.${name}`),
  );
  const inVariables = tracesIn(
    secrets,
    containers.flatMap(({ variables }) => variables),
  );
  expect(inVariables.filter((trace) => !stated.includes(trace))).toEqual([]);
  // Where it is known to be, it is found: the search can see.
  expect(inVariables).toContain("databasePassword in backend.DATABASE_PASSWORD");
}
