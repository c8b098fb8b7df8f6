import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { vaultCases } from "../../../cli/secrets/vault/testing/cases.ts";
import { rawly, type VaultPlace } from "../../../cli/secrets/vault/testing/place.ts";
import { ensureVault } from "../../../cli/setup/vault.ts";
import { settingsInVault } from "../../../components/vault/testing.ts";
import { type SecretAgent, secretFileText } from "../../../components/workload/index.ts";
import { ended, launch, until } from "../../support/process.ts";
import { realVault } from "../../support/products/vault.ts";
import { agentCommand, appRoleCredentials, fileOf, makeAppRoles, onDocker, servedAs, servedBy } from "./agents.ts";

/** Building Vault takes ten minutes; the stand-in (cli/secrets/vault/vault.test.ts) serves the rest of the time. */
const atIssueSize = process.env.TEST_SIZE === "issue";

describe.skipIf(!atIssueSize)("a real Vault", () => {
  vaultCases("asked by ./platform secrets", () => realVault());

  describe("asked by the agents of the workloads", { timeout: 120_000 }, () => {
    let place: VaultPlace;
    let program: string;
    beforeAll(async () => {
      place = await realVault();
      program = await ensureVault();
    }, 1_800_000);
    afterAll(() => place?.close());

    /** With characters that a template or a shell could take for its own, and lines as a certificate has them. */
    const heldValueOf = (secret: string): string => `v-${secret}-$x"'\\{{end}}\nEND\n`;
    const settings = () => settingsInVault("dev", "docker", { vault: { address: place.address } });
    const asRoot = (method: string, path: string, body?: unknown) => rawly(place, place.rootToken, method, path, body);

    async function filled(): Promise<void> {
      for (const { agent } of servedBy(settings())) {
        for (const { entry, key, secret } of agent.files) {
          await asRoot("POST", `secret/data/${entry}`, { data: { [key]: heldValueOf(secret) } });
        }
      }
      await makeAppRoles(place, settings());
    }

    const run = async (agent: SecretAgent, credentials: NodeJS.ProcessEnv, folder: string) => {
      const started = agentCommand(agent, {
        vault: program,
        folder,
        place: { runs: "once", owner: "root" },
        credentials,
      });
      return new Promise<{ code: number; log: string }>((resolve) => {
        execFile(started.program, started.words, { env: started.environment, timeout: 100_000 }, (error, out, err) => {
          resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : -1, log: out + err });
        });
      });
    };
    const credentialsOf = (agent: SecretAgent) => appRoleCredentials(place, agent);
    const agentOf = (name: string): SecretAgent => servedAs(settings(), name).agent;
    async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
      const folder = mkdtempSync(join(tmpdir(), "agent-"));
      try {
        await work(folder);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
    const written = (folder: string): readonly string[] => {
      try {
        return readdirSync(join(folder, "files"), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map(({ parentPath, name }) => join(parentPath, name));
      } catch {
        return [];
      }
    };

    test("every workload's files are written as its contract has them, for its group alone [requirement next/vault]", async () => {
      await filled();
      for (const { agent } of servedBy(settings())) {
        await inFolder(async (folder) => {
          const { code, log } = await run(agent, await credentialsOf(agent), folder);
          expect([agent.role, code, code === 0 ? "" : log]).toEqual([agent.role, 0, ""]);
          expect([...written(folder)].sort()).toEqual(agent.files.map(({ path }) => fileOf(folder, path)).sort());
          for (const file of agent.files) {
            const path = fileOf(folder, file.path);
            expect(readFileSync(path, "utf8")).toBe(secretFileText(file, heldValueOf(file.secret)));
            expect(statSync(path).mode & 0o777).toBe(0o440);
          }
          expect(log).not.toContain(heldValueOf("tokenSigningKey"));
        });
      }
    }, 300_000);

    test("another workload's role gets none of its files [requirement next/vault]", async () => {
      await filled();
      await inFolder(async (folder) => {
        const { code, log } = await run(agentOf("backend"), await credentialsOf(agentOf("gateway")), folder);
        expect(code).not.toBe(0);
        expect(log).toContain("permission denied");
        expect(written(folder)).toEqual([]);
      });
    });

    test("an agent that stays brings a new value into the file, as its container does on Docker", async () => {
      await filled();
      const agent = agentOf("backend");
      const [file] = agent.files;
      if (file === undefined) throw new Error("the backend has no file");
      await inFolder(async (folder) => {
        const credentials = await credentialsOf(agent);
        const started = launch({
          name: "agent",
          folder,
          ...agentCommand(agent, { vault: program, folder, place: onDocker, credentials }),
        });
        const path = fileOf(folder, file.path);
        const holds = (value: string) => async () =>
          readFileSync(path, "utf8") === secretFileText(file, value) ? true : undefined;
        try {
          await until("the first value", holds(heldValueOf(file.secret)), { launched: [started] });
          const began = Date.now();
          await asRoot("POST", `secret/data/${file.entry}`, { data: { [file.key]: "the next value" } });
          await until("the next value", holds("the next value"), { launched: [started], timeoutSeconds: 420 });
          console.log(`a new value was in the file after ${Math.round((Date.now() - began) / 1000)} s`);
        } finally {
          await ended(started);
        }
      });
    }, 600_000);

    test("a key that is missing ends it, and says which", async () => {
      await filled();
      const agent = agentOf("backend");
      await asRoot("POST", "secret/data/trading/dev/tokenSigningKey", { data: { other: "x" } });
      await inFolder(async (folder) => {
        const { code, log } = await run(agent, await credentialsOf(agent), folder);
        expect(code).not.toBe(0);
        expect(log).toMatch(/map has no entry for key \\*"value/);
        expect(written(folder).some((path) => path.endsWith("TOKEN_SIGNING_KEY"))).toBe(false);
      });
    });

    test("a secret id that has ended is refused, and so is everything while Vault is sealed; files that are there stay", async () => {
      await filled();
      const agent = agentOf("backend");
      const credentials = await credentialsOf(agent);
      await inFolder(async (folder) => {
        expect((await run(agent, credentials, folder)).code).toBe(0);
        const before = written(folder).map((path) => readFileSync(path, "utf8"));
        const ended = await run(agent, { ...credentials, AGENT_SECRET_ID: "ended" }, folder);
        expect(ended.code).not.toBe(0);
        expect(ended.log).toContain("invalid role or secret ID");
        await place.seal();
        const sealed = await run(agent, credentials, folder).finally(() => place.unseal());
        expect(sealed.code).not.toBe(0);
        expect(sealed.log).toMatch(/Vault is sealed/i);
        expect(written(folder).map((path) => readFileSync(path, "utf8"))).toEqual(before);
      });
    });
  });
});
