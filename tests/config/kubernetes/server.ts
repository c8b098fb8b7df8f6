import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureKubeApiserver } from "../../../cli/setup/kube-apiserver.ts";
import { type Access, request } from "./request.ts";

/** An API server of the test's own: nothing but etcd behind it, no nodes, no controllers. */
export interface ApiServer {
  readonly access: Access;
  /** Ends both processes and removes their files. */
  stop(): Promise<void>;
}

/** Starts it on the loopback, on free ports, in a temporary folder. */
export async function startApiServer(): Promise<ApiServer> {
  const programs = await ensureKubeApiserver();
  const folder = mkdtempSync(join(tmpdir(), "kube-apiserver-"));
  const [clients, peers, port] = [await freePort(), await freePort(), await freePort()];
  const etcd = launch(folder, "etcd", programs.etcd, etcdFlags(folder, clients, peers));
  const token = randomBytes(16).toString("hex");
  writeCredentials(folder, token);
  const server = launch(folder, "kube-apiserver", programs.kubeApiserver, serverFlags(folder, clients, port));
  const stop = async () => {
    await ended(server);
    await ended(etcd);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return { access: await ready(folder, { port, token }, [etcd, server]), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const etcdFlags = (folder: string, clients: number, peers: number) => {
  const [client, peer] = [`http://127.0.0.1:${clients}`, `http://127.0.0.1:${peers}`];
  return [
    `--data-dir=${join(folder, "etcd-data")}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    // Nothing here outlives the test.
    "--unsafe-no-fsync",
  ];
};

const serverFlags = (folder: string, etcdPort: number, port: number) => [
  `--etcd-servers=http://127.0.0.1:${etcdPort}`,
  "--bind-address=127.0.0.1",
  "--advertise-address=127.0.0.1",
  `--secure-port=${port}`,
  `--cert-dir=${folder}`,
  `--token-auth-file=${join(folder, "tokens.csv")}`,
  "--authorization-mode=RBAC",
  "--anonymous-auth=false",
  "--service-cluster-ip-range=10.96.0.0/16",
  "--service-account-issuer=https://kubernetes.default.svc",
  `--service-account-key-file=${join(folder, "accounts.pem")}`,
  `--service-account-signing-key-file=${join(folder, "accounts.pem")}`,
  "--endpoint-reconciler-type=none",
];

/** The key with which accounts' tokens are signed, and the one person who may do everything. */
function writeCredentials(folder: string, token: string): void {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  writeFileSync(join(folder, "accounts.pem"), privateKey, { mode: 0o600 });
  writeFileSync(join(folder, "tokens.csv"), `${token},judge,judge,"system:masters"\n`, { mode: 0o600 });
}

interface Launched {
  readonly name: string;
  readonly process: ChildProcess;
  readonly log: string;
}

function launch(folder: string, name: string, program: string, flags: readonly string[]): Launched {
  const log = join(folder, `${name}.log`);
  const child = spawn(program, flags, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  child.stderr.pipe(createWriteStream(log));
  child.on("error", () => {});
  return { name, process: child, log };
}

const runs = ({ process }: Launched): boolean =>
  process.pid !== undefined && process.exitCode === null && process.signalCode === null;

async function ended(launched: Launched): Promise<void> {
  if (!runs(launched)) return;
  const exit = once(launched.process, "exit");
  launched.process.kill("SIGTERM");
  const killed = AbortSignal.timeout(10_000);
  killed.addEventListener("abort", () => launched.process.kill("SIGKILL"));
  await exit;
}

/** A minute is generous: it takes five seconds on two idle cores. */
async function ready(
  folder: string,
  { port, token }: { readonly port: number; readonly token: string },
  launched: readonly Launched[],
): Promise<Access> {
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; await sleep(250)) {
    for (const each of launched) {
      if (!runs(each)) throw new Error(`${each.name} ended:\n${end(each.log)}`);
    }
    const certificate = readIfThere(join(folder, "apiserver.crt"));
    if (certificate === undefined) continue;
    const access = { port, token, certificate };
    const answer = await request(access, { method: "GET", path: "/readyz" }).catch(() => undefined);
    if (answer?.status === 200) return access;
  }
  throw new Error(`the API server is not ready in time:\n${launched.map(({ log }) => end(log)).join("\n")}`);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

const end = (log: string): string => (readIfThere(log) ?? "").split("\n").slice(-8).join("\n");

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
