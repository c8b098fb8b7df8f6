import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { selfSigned } from "../../../cli/engine/developer/certificate.ts";
import { debianObstacle, installDebian } from "../../../cli/setup/debian.ts";
import { findProgram } from "../../../cli/setup/program.ts";
import { gatewayFiles } from "../../../components/application/gateway-config.ts";
import { freePort } from "../process.ts";
import { settingsOf } from "../stacks.ts";
import type { Ground, Product } from "./product.ts";

/** A service behind the gateway: its name or address, and its port. */
export interface Upstream {
  readonly host: string;
  readonly port: number;
}

interface Behind {
  readonly backend: Upstream;
  readonly frontend: Upstream;
  /** `address:port` of a DNS server; default: none answers. */
  readonly resolver?: string;
}

export interface Gateway extends Product {
  /** Of the port that ends TLS. */
  readonly secureUrl: string;
  readonly folder: string;
}

/** Whether nginx is here or could be installed; else the reason is printed. */
export async function hasNginx(): Promise<boolean> {
  if (findProgram("nginx") !== undefined) return true;
  const obstacle = debianObstacle();
  if (obstacle === undefined) await installDebian(["nginx", "libnginx-mod-stream"]);
  else console.warn(`skipped: nginx is missing, and ${obstacle}`);
  return obstacle === undefined;
}

/** nginx with the rendered configuration of dev; only its places, ports and what is behind it are the test's own. */
export async function startGateway(on: Ground, { backend, frontend, resolver }: Behind): Promise<Gateway> {
  const settings = settingsOf("dev");
  const hosts: Readonly<Record<string, string>> = { backend: backend.host, frontend: frontend.host };
  const [config] = gatewayFiles({
    settings: {
      ...settings,
      backend: { ...settings.backend, port: backend.port },
      frontend: { ...settings.frontend, port: frontend.port },
    },
    address: (member) => hosts[member] ?? member,
  });
  if (config === undefined) throw new Error("the gateway has no configuration");
  const securePort = await freePort();
  const { certificate, privateKey } = await selfSigned([]);
  const folder = join(on.folder, "gateway");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "certificate.pem"), certificate);
  writeFileSync(join(folder, "key.pem"), privateKey);
  writeFileSync(join(folder, "resolver.conf"), `resolver ${resolver ?? "127.0.0.1:1"} valid=1s ipv6=off;\n`);
  const product = await on.start({
    name: "gateway",
    program: "nginx",
    words: (own, port) => {
      writeFileSync(join(own, "nginx.conf"), placed(config.content, own, port, securePort));
      return ["-c", join(own, "nginx.conf"), "-e", "stderr", "-g", "daemon off;"];
    },
    readyPath: "/-/ready",
  });
  return { ...product, secureUrl: `https://127.0.0.1:${securePort}`, folder };
}

/** The forwarded ports of dev are fixed ones, so they are left out. */
const placed = (text: string, folder: string, port: number, securePort: number): string =>
  (process.getuid?.() === 0 ? "user root;\n" : "") +
  text
    .replace(/\nstream \{.*$/s, "")
    .replaceAll(/listen 80( [^;]*)?;/g, `listen 127.0.0.1:${port}$1;`)
    .replaceAll(/listen 443( [^;]*)?;/g, `listen 127.0.0.1:${securePort}$1;`)
    .replaceAll("/etc/gateway-tls", folder)
    .replaceAll("/var/cache/nginx", folder)
    // A pipe to this process cannot be opened by its name.
    .replaceAll("/dev/std", `${folder}/std`)
    .replaceAll("/var/run/", `${folder}/`)
    .replaceAll(/temp_path \/tmp/g, `temp_path ${folder}`);
