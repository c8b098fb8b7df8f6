import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { DatabaseLogin } from "../../../components/application/database-login.ts";
import { describePlatform, isWorkload, membersOf } from "../../../components/specification.ts";
import { connect } from "../../../offline/docker/daemon/client.ts";
import { type Bench, clear, runWorkload, testSecrets } from "../../../tests/images/run.ts";
import { dockerDaemon } from "../../../tests/support/docker/daemon.ts";
import { settingsOf } from "../../../tests/support/stacks.ts";
import { provideImages } from "../../images/provide.ts";
import { storeOf } from "../../images/store.ts";
import { wantedImages } from "../../images/wanted.ts";
import { administratorIn, psqlWords } from "./administrator.ts";
import { rotate } from "./rotate.ts";

const testDaemon = await dockerDaemon();
const settings = settingsOf("dev");

/** The image is built from Debian packages if no one has yet. */
describe.skipIf(testDaemon === undefined)("the database's own container", { timeout: 600_000 }, () => {
  let bench: Bench;
  beforeAll(async () => {
    if (testDaemon === undefined) return;
    vi.stubEnv("DOCKER_HOST", testDaemon.host);
    const daemon = await connect({});
    await provideImages(wantedImages(settings, ["postgres"]), true, storeOf(daemon));
    const mark = `rotation-test-${process.pid}`;
    bench = { daemon, mark, probeVolume: `${mark}-probe`, secretValue: await testSecrets() };
  }, 600_000);
  afterAll(async () => {
    if (bench !== undefined) await clear(bench);
    vi.unstubAllEnvs();
    await testDaemon?.release();
  });

  test("lets its administrator in without a password, and a rotation does its work there", async () => {
    const spec = membersOf(describePlatform(settings))
      .filter(isWorkload)
      .find(({ name }) => name === "database");
    if (spec === undefined) throw new Error("dev has no database");
    const administrator = administratorIn(await runWorkload(spec, bench), psqlWords(settings.database));
    let login: DatabaseLogin = "owner";
    for (const expected of ["a", "b"]) {
      await rotate({
        database: { ...settings.database, login },
        administrator,
        kept: async () => "",
        keep: async () => {},
        chooseLogin: async (chosen) => {
          login = chosen;
        },
        deploy: async () => {},
        patience: 0,
        say: () => {},
      });
      expect(login).toBe(expected);
      // Roles that may come over the network.
      const roles = await administrator.run(
        "select rolname from pg_authid where rolname like 'trading%' and rolcanlogin and rolpassword is not null;",
      );
      expect(roles).toBe(`trading_${expected}`);
    }
    await expect(administrator.run("select nothing;")).rejects.toThrow(/the database refuses: .*column "nothing"/);
  });
});
