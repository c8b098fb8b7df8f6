import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../cli/open/free-port.ts";
import { answersWell, ended, type Launched, launch, until } from "../process.ts";

/** A real product that answers on the loopback. */
export interface Product {
  /** Without a slash at the end. */
  readonly url: string;
  /** `127.0.0.1:<port>`. */
  readonly address: string;
  /** Ends it; its data stays until the ground is cleared. */
  stop(): Promise<void>;
  /** Ends it as a lost host does: it says no farewell. */
  kill(): Promise<void>;
  /** It answers nothing from here on, and no connection of its is closed: so is one whose host has lost its network. */
  freeze(): void;
}

/** A temporary folder, and what was started in it. */
export interface Ground {
  readonly folder: string;
  /** Ends everything, last first, and removes the folder. */
  clear(): Promise<void>;
  /** Starts a program in a folder of its own and waits until it answers there. */
  start(what: Start): Promise<Product>;
}

interface Start {
  readonly name: string;
  readonly program: string;
  /** Given the folder and the port on which it must answer. */
  readonly words: (folder: string, port: number) => readonly string[];
  /** Answers 2xx when it is ready. */
  readonly readyPath: string;
  /** For what answers over TLS: whether it is ready, asked at that URL. Default: plain HTTP. */
  readonly answersSecurely?: (url: string) => Promise<true | undefined>;
  /** Default: a free one. */
  readonly port?: number;
  readonly environment?: NodeJS.ProcessEnv;
}

async function killed(launched: Launched): Promise<void> {
  launched.process.kill("SIGKILL");
  await ended(launched);
}

export function ground(prefix: string): Ground {
  const folder = mkdtempSync(join(tmpdir(), `${prefix}-`));
  const all: Launched[] = [];
  return {
    folder,
    start: async ({ name, program, words, readyPath, answersSecurely, port: wanted, environment }) => {
      const port = wanted ?? (await freePort());
      const own = join(folder, name);
      mkdirSync(own, { recursive: true });
      const launched = launch({
        name,
        program,
        words: words(own, port),
        folder: own,
        ...(environment && { environment }),
      });
      all.push(launched);
      const address = `127.0.0.1:${port}`;
      const url = `${answersSecurely === undefined ? "http" : "https"}://${address}`;
      const isReady = answersSecurely ?? answersWell;
      await until(`${name} is ready`, () => isReady(`${url}${readyPath}`), { launched: [launched] });
      return {
        url,
        address,
        stop: () => ended(launched),
        kill: () => killed(launched),
        freeze: () => launched.process.kill("SIGSTOP"),
      };
    },
    clear: async () => {
      for (const launched of all.toReversed()) await ended(launched);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
