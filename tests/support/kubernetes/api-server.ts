import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../cli/open/free-port.ts";
import { ensureKubeApiserver } from "../../../cli/setup/kubernetes.ts";
import { ended, type Launched, launch, until } from "../process.ts";
import { type Access, request } from "./request.ts";

/** An API server of the test's own: nothing but etcd behind it, no nodes, no controllers. */
export interface ApiServer {
  readonly access: Access;
  /** Holds the key of accounts' tokens (`accounts.pem`), its certificate (`apiserver.crt`) and its log. */
  readonly folder: string;
  /** Ends both processes and removes their files. */
  stop(): Promise<void>;
}

/** Starts it on the loopback, on free ports, in a temporary folder. */
export async function startApiServer(): Promise<ApiServer> {
  const programs = await ensureKubeApiserver();
  const folder = mkdtempSync(join(tmpdir(), "kube-apiserver-"));
  const [clients, peers, port] = [await freePort(), await freePort(), await freePort()];
  const etcd = launch({ name: "etcd", program: programs.etcd, words: etcdFlags(folder, clients, peers), folder });
  const token = randomBytes(16).toString("hex");
  writeCredentials(folder, token);
  const server = launch({
    name: "kube-apiserver",
    program: programs.kubeApiserver,
    words: serverFlags(folder, clients, port),
    folder,
  });
  const stop = async () => {
    await ended(server);
    await ended(etcd);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return { access: await ready(folder, { port, token }, [etcd, server]), folder, stop };
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

/** It takes five seconds on two idle cores. */
const ready = (
  folder: string,
  { port, token }: { readonly port: number; readonly token: string },
  launched: readonly Launched[],
): Promise<Access> =>
  until(
    "the API server is ready",
    async () => {
      const access = { port, token, certificate: readFileSync(join(folder, "apiserver.crt"), "utf8") };
      const { status } = await request(access, { method: "GET", path: "/readyz" });
      return status === 200 ? access : undefined;
    },
    { launched },
  );
