import { createSign, generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rawly } from "../../../cli/secrets/vault/testing/place.ts";
import { agentPlace } from "../../../components/targets/kubernetes/agent.ts";
import { namespaceOf } from "../../../components/targets/kubernetes/names.ts";
import { secretFileText, type VaultFile } from "../../../components/workload/index.ts";
import { ended, type Launched, launch, until } from "../../support/process.ts";
import { accountTokenOf, agentCommand, fileOf, type Served, servedAs, servedBy } from "./agents.ts";
import { heldValueOf, namespace, type VaultInCluster, vaultInCluster } from "./cluster.ts";

/** Vault's own program and its Kubernetes auth are built from source. */
const atIssueSize = process.env.TEST_SIZE === "issue";

describe.skipIf(!atIssueSize)("a real Vault whose Kubernetes auth asks a real API server", { timeout: 120_000 }, () => {
  let cluster: VaultInCluster;
  beforeAll(async () => {
    cluster = await vaultInCluster();
  }, 3_600_000);
  afterAll(() => cluster?.close());
  const backend = (): Served => servedAs(cluster.settings, "backend");

  interface Running {
    readonly folder: string;
    readonly launched: Launched;
    /** What it logged. */
    log(): string;
  }

  /** Runs that workload's agent as its pod would, with a token, for as long as `work` takes. */
  async function running<Answer>(
    { agent }: Served,
    token: string,
    work: (running: Running) => Promise<Answer>,
  ): Promise<Answer> {
    const folder = cluster.folderFor("agent");
    writeFileSync(accountTokenOf(folder), token);
    const launched = launch({
      name: "agent",
      folder,
      // Its pod's looks at Vault five minutes apart would make these tests hours.
      ...agentCommand(agent, { vault: cluster.vault, folder, place: agentPlace, looksEvery: 3 }),
    });
    try {
      return await work({ folder, launched, log: () => readFileSync(launched.log, "utf8") });
    } finally {
      await ended(launched);
    }
  }

  const whenWritten = ({ agent }: Served, { folder, launched }: Running): Promise<true> =>
    until("its files", async () => agent.files.every(({ path }) => existsSync(fileOf(folder, path))) || undefined, {
      launched: [launched],
    });

  const whenHolding = (file: VaultFile, value: string, { folder, launched }: Running): Promise<true> =>
    until(
      `${file.path} with ${value}`,
      async () => readFileSync(fileOf(folder, file.path), "utf8") === secretFileText(file, value) || undefined,
      { launched: [launched] },
    );

  test("every workload's agent logs in by its pod's account and writes its files, for its own user alone", async () => {
    const workloads = servedBy(cluster.settings);
    expect(workloads.length).toBeGreaterThan(6);
    for (const workload of workloads) {
      const of = namespaceOf(workload, { main: namespace, hosts: `${namespace}-hosts` });
      await running(workload, await cluster.tokenOf(workload.name, { of }), async (agent) => {
        await whenWritten(workload, agent);
        for (const file of workload.agent.files) {
          const path = fileOf(agent.folder, file.path);
          expect(readFileSync(path, "utf8")).toBe(secretFileText(file, heldValueOf(file.secret)));
          expect(statSync(path).mode & 0o777).toBe(0o400);
        }
      });
    }
  }, 300_000);

  test("a new certificate comes into the folder of a pod that runs; Vault away, sealed or without the key ends no agent [requirement next/vault]", async () => {
    const { asRoot, place, settings } = cluster;
    const database = servedAs(settings, "database");
    const file = database.agent.files.find(({ secret }) => secret === "mtlsDatabase");
    if (file === undefined) throw new Error("the database has no certificate");
    const hold = (data: Readonly<Record<string, string>>) => asRoot("POST", `secret/data/${file.entry}`, { data });
    await running(database, await cluster.tokenOf("database"), async (agent) => {
      await whenWritten(database, agent);
      const first = statSync(fileOf(agent.folder, file.path)).ino;
      await hold({ [file.key]: "the second" });
      await whenHolding(file, "the second", agent);
      // It is another file of that name: who has mounted the file itself keeps the old one.
      expect(statSync(fileOf(agent.folder, file.path)).ino).not.toBe(first);

      await place.seal();
      await until("its complaint", async () => /Vault is sealed/i.test(agent.log()) || undefined, {
        launched: [agent.launched],
      });
      await place.unseal();
      await hold({ [file.key]: "the third" });
      await whenHolding(file, "the third", agent);

      await hold({ other: "x" });
      await until("its complaint", async () => /map has no entry for key/.test(agent.log()) || undefined, {
        launched: [agent.launched],
      });
      await whenHolding(file, "the third", agent);
      await hold({ [file.key]: "the fourth" });
      await whenHolding(file, "the fourth", agent);

      await asRoot("PUT", "sys/leases/revoke-prefix/auth/kubernetes/login");
      await hold({ [file.key]: "the fifth" });
      await whenHolding(file, "the fifth", agent);
    });
    await hold({ [file.key]: heldValueOf(file.secret) });
  }, 600_000);

  const refusal = /permission denied|not authorized|invalid audience/;

  /** It goes on trying, and its startup probe never sees a file. */
  const refused = (token: string): Promise<void> =>
    running(backend(), token, async ({ folder, launched, log }) => {
      await until("the refusal", async () => refusal.test(log()) || undefined, { launched: [launched] });
      expect(existsSync(fileOf(folder, ""))).toBe(false);
    });

  test.each([
    ["another workload's token", () => cluster.tokenOf("gateway")],
    [
      "a token that is for the API server",
      () => cluster.tokenOf("backend", { audience: "https://kubernetes.default.svc" }),
    ],
    ["a token of an account of that name in another namespace", () => cluster.tokenOf("backend", { of: "default" })],
    ["a token that somebody else signed", async () => forged(await cluster.tokenOf("backend"))],
  ])("%s is refused and gets no file", async (_name, token) => {
    await refused(await token());
  });

  test("a token whose account is gone is refused, though its signature is good: the API server is asked", async () => {
    const token = await cluster.tokenOf("backend");
    await running(backend(), token, (agent) => whenWritten(backend(), agent));
    await cluster.removeAccount(namespace, "backend");
    try {
      // An API server remembers for ten seconds whom it knew.
      await until("an end to that", async () => {
        const login = { role: backend().agent.role, jwt: token };
        const { status } = await rawly(cluster.place, "", "POST", "auth/kubernetes/login", login);
        return status === 200 ? undefined : true;
      });
      await refused(token);
    } finally {
      await cluster.makeAccount(namespace, "backend");
    }
  });
});

/** The same claims under another key of the same kind. */
function forged(token: string): string {
  const [header = "", claims = ""] = token.split(".");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const signature = createSign("RSA-SHA256").update(`${header}.${claims}`).sign(privateKey, "base64url");
  return `${header}.${claims}.${signature}`;
}
