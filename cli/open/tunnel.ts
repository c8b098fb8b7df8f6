import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Opened, openedPort, portOf } from "../../components/access.ts";
import type { Settings } from "../../components/settings.ts";
import type { Command } from "../../components/targets/tunnel.ts";
import { UserError } from "../console/error.ts";
import { answerOf, findProgram } from "../setup/program.ts";

/** A way to a member of a stack that is open. */
export interface OpenWay {
  /** Where it is found, without a slash at the end. */
  readonly url: string;
  /** True where a tunnel was opened for it. */
  readonly isTunnel: boolean;
  /** Resolves when the way is closed, by us or by the other end. */
  readonly closed: Promise<unknown>;
  close(): Promise<void>;
}

/** How long a tunnel may take: a session of the cloud takes a few seconds. */
const patience = 30_000;

/** Opens the way. Throws a UserError where it cannot: a program is missing, the port is taken, nobody lets us in. */
export async function openWay(settings: Settings, member: Opened): Promise<OpenWay> {
  const localPort = openedPort(settings, member);
  const url = `http://localhost:${localPort}`;
  const tunnel = settings.target.tunnel({ stack: settings.stack, member, port: portOf(member), localPort });
  if (tunnel === undefined) return { url, isTunnel: false, closed: Promise.resolve(), close: async () => {} };
  if (await answers(localPort)) {
    throw new UserError(
      `port ${localPort} of this host is taken: is another tunnel to ${settings.stack} open already?`,
    );
  }
  const found = tunnel.lookup === undefined ? "" : lookedUp(tunnel.lookup, settings.stack);
  return { url, isTunnel: true, ...(await started(tunnel.command(found), localPort)) };
}

function lookedUp(command: Command, stack: string): string {
  const found = answerOf(programOf(command), ...command.words);
  // The AWS CLI prints None for what a query does not find.
  if (found !== undefined && found !== "" && found !== "None") return found;
  throw new UserError(`${stack}: no way in was found; this says why: ${typed(command)}`);
}

function programOf({ program }: Command): string {
  const path = findProgram(program);
  if (path === undefined) throw new UserError(`${program} is not on PATH: it opens the way to the stack`);
  return path;
}

async function started(command: Command, localPort: number): Promise<Pick<OpenWay, "closed" | "close">> {
  const child = spawn(programOf(command), command.words, {
    stdio: ["ignore", "ignore", "pipe"],
    // The AWS CLI leaves the tunnel to a plugin that outlives it: they are ended together, as a group.
    detached: true,
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-2000);
  });
  const closed = once(child, "exit");
  const endGroup = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
    } catch {
      // It is over already.
    }
  };
  const close = async () => {
    endGroup();
    await closed;
  };
  // In a group of its own it does not hear the terminal's Ctrl-C; once the way is open, that is the caller's to say.
  const onInterrupt = (): void => {
    endGroup();
    process.exit(130);
  };
  process.once("SIGINT", onInterrupt);
  try {
    await opened(child, localPort);
    return { closed, close };
  } catch {
    await close();
    throw new UserError(`the way did not open: ${typed(command)}\n${said.trim()}`);
  } finally {
    process.off("SIGINT", onInterrupt);
  }
}

/** Throws when the program ends first, or has not opened the port in time. */
async function opened(child: ChildProcess, localPort: number): Promise<void> {
  for (const end = Date.now() + patience; Date.now() < end; await sleep(100)) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    if (await answers(localPort)) return;
  }
  throw new Error("not opened");
}

/** As a person can type it. */
export const typed = ({ program, words }: Command): string =>
  [program, ...words.map((word) => (/^[\w./:=,@-]+$/.test(word) ? word : `'${word}'`))].join(" ");

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: "localhost", port });
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.on("connect", () => end(true));
    socket.on("error", () => end(false));
  });
