import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import { ProviderError } from "../../served-provider.ts";

/** Where a daemon listens. */
export interface DaemonAddress {
  /** As DOCKER_HOST writes it; for messages. */
  readonly text: string;
  /** Path of its socket, for a daemon on this machine. */
  readonly socket?: string;
  readonly options: Docker.DockerOptions;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The daemon that was named, else DOCKER_HOST, else the socket on this machine; over TCP with TLS where the variables of
 * the Docker CLI say so. https://docs.docker.com/reference/cli/docker/#environment-variables
 * @param certPath folder with ca.pem, cert.pem and key.pem. Default: DOCKER_CERT_PATH.
 */
export function daemonAddress(
  host: string | undefined,
  certPath?: string,
  environment: Environment = process.env,
): DaemonAddress {
  const text = host || environment.DOCKER_HOST || defaultAddress(environment);
  const pipe = /^(?:unix|npipe):\/\/(.+)$/.exec(text)?.[1];
  // Everything is said, because what is not said dockerode takes from DOCKER_HOST.
  if (pipe !== undefined)
    return { text, socket: pipe, options: { host: undefined, socketPath: pipe, protocol: "http" } };
  const url = URL.parse(text.includes("://") ? text : `tcp://${text}`);
  if (url === null || !["tcp:", "http:", "https:", "ssh:"].includes(url.protocol)) {
    throw new ProviderError(
      `the Docker daemon's address is ${JSON.stringify(text)} (DOCKER_HOST, or docker:host); ` +
        'it must be like "unix:///var/run/docker.sock", "tcp://10.0.0.5:2376" or "ssh://me@server"',
    );
  }
  return { text, options: url.protocol === "ssh:" ? overSsh(url, environment) : overTcp(url, certPath, environment) };
}

const usualSocket = "/var/run/docker.sock";

/** Docker's own socket; where there is none, that of Docker Desktop or of a daemon without root. */
function defaultAddress({ HOME = homedir(), XDG_RUNTIME_DIR }: Environment): string {
  if (process.platform === "win32") return "npipe:////./pipe/docker_engine";
  const others = [join(HOME, ".docker", "run", "docker.sock"), join(XDG_RUNTIME_DIR ?? "/run/user/0", "docker.sock")];
  const found = [usualSocket, ...others].find((file) => existsSync(file));
  return `unix://${found ?? usualSocket}`;
}

function overSsh(url: URL, { SSH_AUTH_SOCK }: Environment): Docker.DockerOptions {
  const { hostname, port, username } = url;
  return {
    protocol: "ssh",
    host: hostname,
    port: port || 22,
    username,
    sshOptions: SSH_AUTH_SOCK === undefined ? {} : { agent: SSH_AUTH_SOCK },
  };
}

function overTcp(url: URL, certPath: string | undefined, environment: Environment): Docker.DockerOptions {
  const { hostname, port, protocol } = url;
  const folder = certPath ?? environment.DOCKER_CERT_PATH;
  const secure = Boolean(environment.DOCKER_TLS_VERIFY) || certPath !== undefined || protocol === "https:";
  const address = { host: hostname, port: port || (secure ? 2376 : 2375), socketPath: undefined };
  if (!secure) return { ...address, protocol: "http", ca: undefined, cert: undefined, key: undefined };
  return { ...address, protocol: "https", ...certificates(folder ?? join(environment.HOME ?? homedir(), ".docker")) };
}

function certificates(folder: string) {
  try {
    const [ca, cert, key] = ["ca.pem", "cert.pem", "key.pem"].map((file) => readFileSync(join(folder, file)));
    return { ca, cert, key };
  } catch (error) {
    throw new ProviderError(
      `TLS to the Docker daemon needs ca.pem, cert.pem and key.pem in ${folder} (DOCKER_CERT_PATH): ` +
        `${error instanceof Error ? error.message : error}`,
    );
  }
}
