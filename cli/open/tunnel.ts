import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isGrafanaPublic, type Opened, openedPort, openedUrl, portOf } from "../../components/access.ts";
import { isProtected } from "../../components/protection.ts";
import type { Settings } from "../../components/settings.ts";
import type { Command } from "../../components/targets/tunnel.ts";
import { UserError } from "../console/error.ts";
import { answerOf, findProgram } from "../setup/program.ts";
import { freePort } from "./free-port.ts";
import { startFront } from "./front.ts";
import { secretValue } from "./secret.ts";

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
  const url = openedUrl(settings, member);
  const localPort = openedPort(settings, member);
  if (member === "grafana" && isGrafanaPublic(settings)) return { url, ...nothingOpened };
  if (member === "grafana" || !isProtected(settings)) {
    return { url, ...(await openedTunnel(settings, member, portOf(member), localPort)) };
  }
  await requireFree(localPort, settings.stack);
  return { url, ...(await openedFront(settings, member, localPort)) };
}

type Opening = Omit<OpenWay, "url">;

const nothingOpened: Opening = { isTunnel: false, closed: Promise.resolve(), close: async () => {} };

/** Leads to the member itself; on a host whose loopback it is on, nothing has to be opened. */
export async function openedTunnel(
  { stack, target }: Settings,
  member: string,
  memberPort: number,
  localPort: number,
): Promise<Opening> {
  const tunnel = target.tunnel({ stack, member, port: memberPort, localPort });
  if (tunnel === undefined) return nothingOpened;
  await requireFree(localPort, stack);
  const found = tunnel.lookup === undefined ? "" : lookedUp(tunnel.lookup, stack);
  return { isTunnel: true, ...(await started(tunnel.command(found), localPort)) };
}

/** The same, with one before it that knows the certificate and the password. */
async function openedFront(settings: Settings, member: Opened, localPort: number): Promise<Opening> {
  const certificate = await secretValue(settings, "monitoringCertificate");
  const password = await secretValue(settings, "monitoringPassword");
  const port = settings.target.loopback ? portOf(member) : await freePort();
  const way = await openedTunnel(settings, member, portOf(member), port);
  const front = await startFront(localPort, { host: nearHost(settings), port, certificate, password });
  const close = async (): Promise<void> => {
    await front.close();
    await way.close();
  };
  return { isTunnel: true, closed: way.isTunnel ? way.closed.then(front.close) : front.closed, close };
}

/** Where the way to a member ends; by number, since who listens there may know one family of addresses alone. */
const nearHost = ({ target }: Settings): string =>
  target.loopbackHost === "localhost" ? "127.0.0.1" : target.loopbackHost;

async function requireFree(port: number, stack: string): Promise<void> {
  if (!(await answers(port))) return;
  throw new UserError(`port ${port} of this host is taken: is another tunnel to ${stack} open already?`);
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

/** Whether anybody listens on a port of this host's loopback. */
export const answers = (port: number, host = "localhost"): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.on("connect", () => end(true));
    socket.on("error", () => end(false));
  });
