import type Docker from "dockerode";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { dockerDaemon, type TestDaemon } from "../../support/docker/daemon.ts";
import { type DevStack, firstUp, makeDevStack } from "./dev-stack.ts";
import { importReleases } from "./releases.ts";

/** A dev that tests share: theirs to read inside a test, and made by then. */
export interface WithDev {
  readonly dev: DevStack;
  readonly docker: Docker;
  /** What the first `up` printed; nothing where there was none. */
  readonly saidByUp: string;
}

interface Options {
  /** Of this dev alone, on the machine's loopback. */
  readonly address: string;
  /** What stands in its stack file from the beginning. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Releases of the stand-in for the backend that the daemon has. */
  readonly releases?: readonly string[];
  /** False: the tests begin without anything deployed. */
  readonly up?: boolean;
  /** Processes are signalled and disks mounted on the daemon's host, which must be this one then. */
  readonly onThisHost?: boolean;
  /** Milliseconds for one test. */
  readonly timeout?: number;
  /** After its first `up`. */
  readonly made?: (the: WithDev) => Promise<void>;
}

const mayTouchHost = process.platform === "linux" && process.getuid?.() === 0;

/**
 * Tests of a dev on a real daemon: made before the first of them, removed after the last; skipped, with a printed reason,
 * where no daemon can be had.
 */
export async function withDev(title: string, options: Options, tests: (the: WithDev) => void): Promise<void> {
  const daemon = await dockerDaemon();
  const isPossible = daemon !== undefined && (options.onThisHost !== true || mayTouchHost);
  describe.skipIf(!isPossible)(title, { timeout: options.timeout ?? 600_000 }, () => {
    let dev: DevStack | undefined;
    let saidByUp = "";
    const the: WithDev = {
      get dev() {
        return dev ?? expect.unreachable("dev is not made yet");
      },
      get docker() {
        return daemon?.docker ?? expect.unreachable("there is no daemon");
      },
      get saidByUp() {
        return saidByUp;
      },
    };
    beforeAll(async () => {
      if (daemon === undefined) return;
      dev = await makeDevStack(daemon, options.address);
      if (options.releases !== undefined) await importReleases(daemon, ...options.releases);
      if (options.settings !== undefined) await dev.settings(options.settings);
      if (options.up !== false) saidByUp = await brought(dev);
      await options.made?.(the);
    }, firstUp);
    afterAll(() => leave(dev, daemon), 180_000);
    tests(the);
  });
}

async function brought(dev: DevStack): Promise<string> {
  const { refusal, printed } = await dev.run("up");
  expect(refusal, printed).toBeUndefined();
  return printed;
}

async function leave(dev: DevStack | undefined, daemon: TestDaemon | undefined): Promise<void> {
  await dev?.remove();
  await daemon?.release();
}
