import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { ProviderError } from "../../served-provider.ts";
import { object, type Properties, text } from "../../value.ts";

/** Where an API server is, and how one shows who one is. */
export interface ClusterAccess {
  /** As the kubeconfig says it: `https://10.0.0.1:6443`. */
  readonly server: string;
  /** Of objects that say none. */
  readonly namespace: string;
  readonly token: string | undefined;
  readonly tls: {
    readonly ca: string | undefined;
    readonly cert: string | undefined;
    readonly key: string | undefined;
    readonly servername: string | undefined;
    readonly rejectUnauthorized: boolean;
  };
}

const named = <Shape extends z.ZodRawShape>(key: string, shape: Shape) =>
  z.array(z.looseObject({ name: z.string(), [key]: z.looseObject(shape) })).nullish();
const optional = z.string().optional();

const kubeconfigFile = z.looseObject({
  "current-context": optional,
  contexts: named("context", { cluster: optional, user: optional, namespace: optional }),
  clusters: named("cluster", {}),
  users: named("user", {}),
});

/** One kubeconfig, with the folder that its relative paths are in. */
interface Kubeconfig {
  readonly content: z.infer<typeof kubeconfigFile>;
  readonly folder: string;
}

const official = "or install the official plugin (pulumi plugin install resource kubernetes)";

/**
 * The access that a provider resource asks for: its `kubeconfig` (content or path), else KUBECONFIG, else
 * `~/.kube/config`; its `context`, else the current one. Throws a ProviderError that says what is missing.
 */
export function clusterAccess(config: Properties, environment: NodeJS.ProcessEnv = process.env): ClusterAccess {
  const files = readKubeconfigs(text(config.kubeconfig) || environment.KUBECONFIG, environment);
  const current = files.map(({ content }) => content["current-context"]).find(Boolean);
  const contextName = text(config.context) ?? current;
  if (contextName === undefined) {
    throw new ProviderError("the kubeconfig has no current context: kubectl config use-context <name>, or name one");
  }
  const context = entry(files, "contexts", "context", contextName).value;
  const cluster = entry(files, "clusters", "cluster", text(config.cluster) ?? text(context.cluster) ?? "");
  const user = entry(files, "users", "user", text(context.user) ?? "");
  refuseUnknownWays(cluster.value, user.value, text(context.user) ?? "");
  const { value, folder } = cluster;
  const server = text(value.server);
  if (server === undefined) throw new ProviderError(`context "${contextName}": its cluster has no server`);
  return {
    server: server.replace(/\/$/, ""),
    namespace: text(config.namespace) ?? text(context.namespace) ?? "default",
    token: text(user.value.token) ?? fileOf(text(user.value.tokenFile), user.folder)?.trim(),
    tls: {
      ca: given(value, "certificate-authority", folder),
      cert: given(user.value, "client-certificate", user.folder),
      key: given(user.value, "client-key", user.folder),
      servername: text(value["tls-server-name"]),
      rejectUnauthorized: value["insecure-skip-tls-verify"] !== true,
    },
  };
}

function readKubeconfigs(said: string | undefined, environment: NodeJS.ProcessEnv): readonly Kubeconfig[] {
  // A path has one line; what has several is the file itself.
  if (said?.includes("\n") || said?.trimStart().startsWith("{")) return [{ content: parsed(said, "it"), folder: "." }];
  const usual = join(environment.HOME || homedir(), ".kube", "config");
  const paths = (said ?? usual).split(delimiter).filter(existsSync);
  if (paths.length === 0) {
    throw new ProviderError(
      `no kubeconfig: ${said ?? usual} is not there. Set KUBECONFIG to the file of your cluster, or the provider's kubeconfig`,
    );
  }
  return paths.map((path) => ({ content: parsed(readFileSync(path, "utf8"), path), folder: dirname(path) }));
}

function parsed(content: string, where: string): Kubeconfig["content"] {
  try {
    return kubeconfigFile.parse(parse(content) ?? {});
  } catch {
    // Its content may hold a token: nothing of it is said.
    throw new ProviderError(`the kubeconfig cannot be read: ${where} is not the YAML of one`);
  }
}

function entry(
  files: readonly Kubeconfig[],
  list: "contexts" | "clusters" | "users",
  key: "context" | "cluster" | "user",
  name: string,
): { readonly value: Properties; readonly folder: string } {
  for (const { content, folder } of files) {
    const found = content[list]?.find((it) => it.name === name);
    // What zod let pass is what YAML can say.
    if (found !== undefined) return { value: object(JSON.parse(JSON.stringify(found[key]))), folder };
  }
  const known = files.flatMap(({ content }) => content[list]?.map((it) => it.name) ?? []);
  throw new ProviderError(`the kubeconfig has no ${key} "${name}"; it has: ${known.join(", ") || "none"}`);
}

function refuseUnknownWays(cluster: Properties, user: Properties, name: string): void {
  const ways = ["exec", "auth-provider", "username", "as"].filter((way) => user[way] !== undefined);
  if (ways.length > 0) {
    throw new ProviderError(
      `user "${name}" of the kubeconfig logs in by ${ways.join(", ")}; the driver of Kubernetes knows token and client ` +
        `certificate: give one of them (kubectl create token <account>), ${official}`,
    );
  }
  if (cluster["proxy-url"] !== undefined) {
    throw new ProviderError(
      `the kubeconfig names a proxy, which the driver of Kubernetes does not use; leave it out, ${official}`,
    );
  }
}

/** `<key>-data` in Base64, or the file under `<key>`. */
function given(section: Properties, key: string, folder: string): string | undefined {
  const data = text(section[`${key}-data`]);
  return data === undefined ? fileOf(text(section[key]), folder) : Buffer.from(data, "base64").toString();
}

function fileOf(path: string | undefined, folder: string): string | undefined {
  if (path === undefined || path === "") return undefined;
  const file = isAbsolute(path) ? path : join(folder, path);
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new ProviderError(`the kubeconfig names ${file}, which cannot be read`);
  }
}
