import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureCluster } from "../../../cli/setup/kubernetes.ts";
import { Cluster, refusalOf } from "../../../offline/kubernetes/cluster/client.ts";
import { clusterAccess } from "../../../offline/kubernetes/cluster/kubeconfig.ts";
import { list, object, type Properties, text } from "../../../offline/value.ts";
import { ended, type Launched, launch, until } from "../process.ts";
import { type ApiServer, startApiServer } from "./api-server.ts";

/**
 * A cluster of the test's own: a real API server with the real controllers and the real scheduler. Its nodes and pods are
 * played by kwok, after stages.yaml: nothing runs in them.
 */
export interface TestCluster {
  /** Path of a kubeconfig of one who may do everything. */
  readonly kubeconfig: string;
  readonly cluster: Cluster;
  /** The object at a path of the API; throws where there is none. */
  get(path: string): Promise<Properties>;
  /** The items of a list, as `/api/v1/pods`. */
  items(path: string): Promise<readonly Properties[]>;
  stop(): Promise<void>;
}

export const nodes = ["node-1", "node-2", "node-3"];

/** Volumes that claims find; more than a platform asks for. */
const volumes = 12;

/** Starts it on the loopback, on free ports, in a temporary folder; seconds, once its programs are built. */
export async function startCluster(): Promise<TestCluster> {
  const server = await startApiServer();
  const launched: Launched[] = [];
  const stop = async () => {
    await Promise.all(launched.map(ended));
    await server.stop();
  };
  try {
    const kubeconfig = writeKubeconfig(server);
    const cluster = new Cluster(clusterAccess({ kubeconfig }));
    await startParts(server, kubeconfig, launched);
    for (const name of nodes) await make(cluster, "/api/v1/nodes", node(name));
    for (let index = 0; index < volumes; index++) await make(cluster, "/api/v1/persistentvolumes", volume(index));
    const made = { cluster, kubeconfig, get: (path: string) => get(cluster, path), stop };
    const items = async (path: string) => list((await made.get(path)).items).map(object);
    await until("every node is ready", async () => (await items("/api/v1/nodes")).every(isReady) || undefined, {
      launched,
    });
    // Without it the controllers refuse every pod.
    await until("the default account is there", () => made.get("/api/v1/namespaces/default/serviceaccounts/default"), {
      launched,
    });
    return { ...made, items };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts({ folder }: ApiServer, kubeconfig: string, launched: Launched[]): Promise<void> {
  const { controllerManager, scheduler, kwok } = await ensureCluster();
  // One of each, which nobody has to ask.
  const alone = [`--kubeconfig=${kubeconfig}`, "--leader-elect=false", "--secure-port=0"];
  const start = (name: string, program: string, words: readonly string[]) =>
    launched.push(launch({ name, program, words, folder }));
  start("kube-controller-manager", controllerManager, [
    ...alone,
    `--service-account-private-key-file=${join(folder, "accounts.pem")}`,
    `--root-ca-file=${join(folder, "apiserver.crt")}`,
    // Played nodes have no heartbeat.
    "--node-monitor-grace-period=24h",
    // Else it makes the usual one on the machine.
    `--flex-volume-plugin-dir=${join(folder, "flex-volumes")}`,
  ]);
  start("kube-scheduler", scheduler, alone);
  start("kwok", kwok, [
    `--kubeconfig=${kubeconfig}`,
    `--config=${join(import.meta.dirname, "stages.yaml")}`,
    "--manage-all-nodes=true",
    "--cidr=10.244.0.0/16",
  ]);
}

function writeKubeconfig({ access, folder }: ApiServer): string {
  const file = join(folder, "kubeconfig");
  const content = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "judge" } }],
    clusters: [
      {
        name: "test",
        cluster: {
          server: `https://127.0.0.1:${access.port}`,
          "certificate-authority-data": Buffer.from(access.certificate).toString("base64"),
        },
      },
    ],
    users: [{ name: "judge", user: { token: access.token } }],
  };
  writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
  return file;
}

const node = (name: string): Properties => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name, labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" } },
});

/** For claims that name no class: the real binder binds them. */
const volume = (index: number): Properties => ({
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: `volume-${index}` },
  spec: {
    capacity: { storage: "1Ti" },
    accessModes: ["ReadWriteOnce"],
    persistentVolumeReclaimPolicy: "Retain",
    hostPath: { path: `/volumes/${index}` },
  },
});

async function make(cluster: Cluster, path: string, body: Properties): Promise<void> {
  const answer = await cluster.request({ method: "POST", path, body });
  if (answer.status !== 201) throw new Error(`${path}: ${refusalOf(answer)}`);
}

async function get(cluster: Cluster, path: string): Promise<Properties> {
  const answer = await cluster.request({ method: "GET", path });
  if (answer.status !== 200) throw new Error(`${path}: ${refusalOf(answer)}`);
  return answer.body;
}

/** Of a node or a pod. */
export const isReady = ({ status }: Properties): boolean =>
  list(object(status).conditions)
    .map(object)
    .some((it) => text(it.type) === "Ready" && text(it.status) === "True");
