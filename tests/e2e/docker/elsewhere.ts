import { writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { stringify } from "yaml";
import { selfSigned } from "../../../cli/engine/developer/certificate.ts";
import { freePort } from "../../../cli/open/free-port.ts";
import { alertmanager, blackboxExporter } from "../../../cli/setup/monitoring.ts";
import { ensureTool } from "../../../cli/setup/tool.ts";
import { describePlatform, mountedFile } from "../../../components/specification.ts";
import { type Exposed, exposed } from "../../support/exposition.ts";
import { at } from "../../support/json.ts";
import { ground } from "../../support/products/product.ts";
import { tellsNobody } from "../../support/products/prometheus.ts";
import { settingsOf } from "../../support/stacks.ts";

/** What the real blackbox_exporter says, with its rendered configuration, of a site with a certificate that it trusts: dev has none. */
export async function probedOverTls(): Promise<Exposed> {
  const products = ground("site");
  const { certificate, privateKey } = await selfSigned([]);
  const site = createServer({ cert: certificate, key: privateKey }, (_, response) => response.end()).listen(0);
  try {
    const exporter = await products.start({
      name: "blackbox_exporter",
      program: await ensureTool(blackboxExporter),
      words: (folder, port) => {
        const platform = describePlatform(settingsOf("prod"));
        const config = mountedFile(platform, "blackbox-exporter", "/etc/blackbox/blackbox.yml");
        writeFileSync(join(folder, "blackbox.yml"), config);
        writeFileSync(join(folder, "trusted.pem"), certificate);
        return [`--config.file=${join(folder, "blackbox.yml")}`, `--web.listen-address=127.0.0.1:${port}`];
      },
      environment: { SSL_CERT_FILE: join(products.folder, "blackbox_exporter", "trusted.pem") },
      readyPath: "/-/healthy",
    });
    const target = `https://localhost:${String(at(site.address(), "port"))}/`;
    const query = new URLSearchParams({ module: "https_2xx", target });
    const probed = exposed(await (await fetch(`${exporter.url}/probe?${query}`)).text());
    // Prometheus' own configuration says whose it is.
    return Object.fromEntries(Object.entries(probed).map(([metric, labels]) => [metric, [...labels, "certificate"]]));
  } finally {
    site.close();
    await products.clear();
  }
}

/** What the real Alertmanager says when it is one of several: dev's is alone. */
export async function gossiping(): Promise<Exposed> {
  const products = ground("gossip");
  try {
    const peers = await freePort();
    const { url } = await products.start({
      name: "alertmanager",
      program: await ensureTool(alertmanager),
      words: (folder, port) => {
        const file = join(folder, "alertmanager.yml");
        writeFileSync(file, stringify(tellsNobody));
        return [
          `--config.file=${file}`,
          `--storage.path=${join(folder, "data")}`,
          `--web.listen-address=127.0.0.1:${port}`,
          `--cluster.listen-address=127.0.0.1:${peers}`,
        ];
      },
      readyPath: "/-/healthy",
    });
    return exposed(await (await fetch(`${url}/metrics`)).text());
  } finally {
    await products.clear();
  }
}
