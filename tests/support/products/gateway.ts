import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { selfSigned } from "../../../cli/engine/developer/certificate.ts";
import { freePort } from "../../../cli/open/free-port.ts";
import { debianObstacle, installDebian } from "../../../cli/setup/debian.ts";
import { findProgram } from "../../../cli/setup/program.ts";
import { clientRate, gatewayFiles } from "../../../components/application/gateway-config.ts";
import type { Settings } from "../../../components/settings.ts";
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
  /** Where the settings make it public. */
  readonly grafana?: Upstream;
  /** `address:port` of a DNS server; default: none answers. */
  readonly resolver?: string;
  /** Default: dev's. */
  readonly settings?: Settings;
  /** Folder with the files of mTLS, where the settings have it. */
  readonly certificates?: string;
  /** Requests a second that one address may make; default: the platform's. */
  readonly rate?: number;
}

export interface Gateway extends Product {
  /** Of the port that ends TLS. */
  readonly secureUrl: string;
  /** Of the page's own port, where the settings' target has one. */
  readonly pageUrl: string;
  /** Holds `nginx.conf`, `reload.sh`, `certificate.pem`, `key.pem`, and what it writes: `stdout` is the access log. */
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

/** nginx with the rendered configuration; only its places, ports and what is behind it are the test's own. */
export async function startGateway(on: Ground, behind: Behind): Promise<Gateway> {
  const { backend, frontend, grafana, resolver, settings = settingsOf("dev"), certificates = "", rate } = behind;
  const hosts: Readonly<Record<string, string>> = {
    backend: backend.host,
    frontend: frontend.host,
    ...(grafana && { grafana: grafana.host }),
  };
  const files = gatewayFiles({
    settings: {
      ...settings,
      backend: { ...settings.backend, port: backend.port },
      frontend: { ...settings.frontend, port: frontend.port },
    },
    address: (member) => hosts[member] ?? member,
  });
  const [securePort, pagePort] = [await freePort(), await freePort()];
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
      const ports = { 80: port, 443: securePort, [frontend.port]: pagePort };
      for (const { path, content } of files) {
        const text = grafana === undefined ? content : content.replace(/(\$grafana .*):3001;/, `$1:${grafana.port};`);
        const limited = rate === undefined ? text : text.replace(`rate=${clientRate.second}r/s`, `rate=${rate}r/s`);
        writeFileSync(join(own, basename(path)), placed(limited.replaceAll("/etc/mtls", certificates), own, ports));
      }
      return ["-c", join(own, "nginx.conf"), "-e", "stderr", "-g", "daemon off;"];
    },
    readyPath: "/-/ready",
  });
  const at = (port: number) => `127.0.0.1:${port}`;
  return { ...product, secureUrl: `https://${at(securePort)}`, pageUrl: `http://${at(pagePort)}`, folder };
}

/** The backend's forwarded port is left out: it would be the one on which the test's own backend listens. */
const placed = (text: string, folder: string, ports: Readonly<Record<number, number>>): string =>
  (process.getuid?.() === 0 && text.includes("http {") ? "user root;\n" : "") +
  text
    .replace(/\nstream \{.*$/s, "")
    .replaceAll(/listen (\d+)( [^;]*)?;/g, (_, port: string, more = "") => `listen 127.0.0.1:${ports[+port]}${more};`)
    .replaceAll("http:80:", `http:${ports[80]}:`)
    .replaceAll("/etc/gateway-tls", folder)
    .replaceAll("/etc/gateway/", `${folder}/`)
    .replaceAll("/var/cache/nginx", folder)
    // A pipe to this process cannot be opened by its name.
    .replaceAll("/dev/std", `${folder}/std`)
    .replaceAll("/var/run/", `${folder}/`)
    .replaceAll(/temp_path \/tmp/g, `temp_path ${folder}`);
