import { connect } from "node:tls";
import type Docker from "dockerode";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { KeyPair } from "../../cli/engine/developer/certificate.ts";
import { provideImages } from "../../cli/images/provide.ts";
import { storeOf } from "../../cli/images/store.ts";
import { wantedImages } from "../../cli/images/wanted.ts";
import { identifiedMembers } from "../../components/mtls.ts";
import { describePlatform, isWorkload, membersOf } from "../../components/specification.ts";
import { fileFolders, liveFiles } from "../../components/targets/docker/files.ts";
import { neverStarted } from "../../components/targets/docker/foundation.ts";
import { imageReference, type SecretName, type WorkloadSpec } from "../../components/workload/index.ts";
import { connect as connectDaemon } from "../../offline/docker/daemon/client.ts";
import { container } from "../../offline/docker/daemon/container.ts";
import { demultiplexed } from "../../offline/docker/daemon/container-log.ts";
import { authority, issued } from "../e2e/mtls/certificates.ts";
import { dockerDaemon } from "../support/docker/daemon.ts";
import { until } from "../support/process.ts";
import { settingsOf } from "../support/stacks.ts";
import { type Bench, clear, runWorkload, testSecrets } from "./run.ts";

const testDaemon = await dockerDaemon();
const settings = settingsOf("dev", "docker", { mtls: true });
const members = ["database", "cache"];

/** The images' own entry points, with the watch beside them and the checks that Docker makes. */
describe.skipIf(testDaemon === undefined)(
  "stores that ask for certificates, in their containers",
  { timeout: 600_000 },
  () => {
    let bench: Bench;
    let by: KeyPair;
    const certificates = new Map<SecretName, string>();

    beforeAll(async () => {
      if (testDaemon === undefined) return;
      vi.stubEnv("DOCKER_HOST", testDaemon.host);
      const daemon = await connectDaemon({});
      await provideImages(wantedImages(settings, ["postgres", "redis"]), true, storeOf(daemon));
      by = await authority();
      certificates.set("mtlsAuthority", by.certificate);
      const others = await testSecrets();
      const mark = `mtls-test-${process.pid}`;
      const secretValue = (name: SecretName) => certificates.get(name) ?? others(name);
      bench = { daemon, mark, probeVolume: `${mark}-probe`, secretValue };
    }, 600_000);
    afterAll(async () => {
      if (bench !== undefined) await clear(bench);
      vi.unstubAllEnvs();
      await testDaemon?.release();
    });

    const specOf = (name: string): WorkloadSpec => {
      const spec = membersOf(describePlatform(settings))
        .filter(isWorkload)
        .find((each) => each.name === name);
      if (spec === undefined) throw new Error(`dev has no ${name}`);
      return spec;
    };
    const renew = async (name: string): Promise<void> => {
      const secret = identifiedMembers.get(name);
      if (secret !== undefined) certificates.set(secret, await issued(by, name));
    };
    const addressOf = async (running: Docker.Container): Promise<string> =>
      (await running.inspect()).NetworkSettings.Networks.bridge?.IPAddress ?? "";

    /** As the Docker target brings a new value: another container that is never started writes into the same volumes. */
    async function bring(spec: WorkloadSpec): Promise<void> {
      const group = spec.user.kind === "root" ? "0" : String(spec.user.gid);
      const live = liveFiles(spec);
      await container.create(
        {
          ...neverStarted,
          image: imageReference(spec.image),
          labels: [{ label: bench.mark, value: spec.name }],
          volumes: fileFolders(live).map(({ path, slug }) => ({
            volumeName: `${bench.mark}-${spec.name}-${slug}`,
            containerPath: path,
          })),
          uploads: live.secretFiles.map(({ path, secret }) => ({
            file: path,
            content: bench.secretValue(secret),
            permissions: "0440",
            group,
          })),
        },
        { daemon: bench.daemon, signal: new AbortController().signal, debug: () => {} },
      );
    }

    const client = async () => {
      const pem = await issued(by, "backend");
      return { ca: by.certificate, cert: pem, key: pem, servername: "localhost" };
    };

    const cacheSerial = async (host: string): Promise<string> => {
      const options = await client();
      return new Promise((resolve, reject) => {
        const socket = connect({ host, port: 6379, ...options }, () => {
          resolve(socket.getPeerCertificate().serialNumber);
          socket.end();
        }).on("error", reject);
      });
    };

    const databaseSerial = async (host: string): Promise<string> => {
      let serial = "";
      const database = new pg.Client({
        ...{ host, user: "trading", database: "trading", password: bench.secretValue("databasePassword") },
        ssl: {
          ...(await client()),
          checkServerIdentity: (_, { serialNumber }) => {
            serial = serialNumber;
            return undefined;
          },
        },
      });
      await database.connect();
      await database.query("select 1");
      await database.end();
      return serial;
    };

    test.each(members)(
      "the %s gets healthy, lets in who has one, and shows a new one without a new start",
      async (name) => {
        await renew(name);
        const spec = specOf(name);
        const running = await runWorkload(spec, bench);
        const host = await addressOf(running);
        const { StartedAt } = (await running.inspect()).State;
        const serial = () => (name === "cache" ? cacheSerial(host) : databaseSerial(host));
        const before = await serial();
        await renew(name);
        await bring(spec);
        await until(`${name} shows its new certificate`, async () => ((await serial()) === before ? undefined : true));
        expect((await running.inspect()).State.StartedAt).toBe(StartedAt);
      },
    );

    test("the database's probes are no refusals in its log", async () => {
      const [found] = await bench.daemon.docker.listContainers({ filters: { label: [`${bench.mark}=database`] } });
      const written = await bench.daemon.docker.getContainer(found?.Id ?? "").logs({ stdout: true, stderr: true });
      const lines = demultiplexed(written).split("\n");
      expect(lines.some((line) => line.includes("ready to accept connections"))).toBe(true);
      expect(lines.filter((line) => /FATAL: {2}(?:no pg_hba|connection requires)/.test(line))).toEqual([]);
    });

    test("the database speaks plainly to nobody", async () => {
      const [found] = await bench.daemon.docker.listContainers({ filters: { label: [`${bench.mark}=database`] } });
      const host = await addressOf(bench.daemon.docker.getContainer(found?.Id ?? ""));
      const plain = new pg.Client({
        ...{ host, user: "trading", database: "trading", password: bench.secretValue("databasePassword") },
      });
      await expect(plain.connect()).rejects.toThrow(/no pg_hba.conf entry .* no encryption/);
    });
  },
);
