import { authorityPath } from "../mtls.ts";
import { reloadFile, watchedEntryPoint } from "../reload.ts";
import type { ConfigFile } from "../workload/index.ts";

export const nginxConfPath = "/etc/gateway/nginx.conf";
export const certificatePath = "/etc/gateway-tls/certificate.pem";
export const privateKeyPath = "/etc/gateway-tls/key.pem";

const path = "/etc/gateway/reload.sh";

/** Has nginx read its certificates again when the files change, without a request lost. */
export const gatewayReload = (mtls: boolean): ConfigFile =>
  reloadFile({
    path,
    what: [
      "Has nginx read its certificate again when the files change: connections that are open end with the old one, new ones",
      "get the new one. Rendered by ./platform render from components/application/gateway-reload.ts.",
    ],
    files: [certificatePath, privateKeyPath, ...(mtls ? [authorityPath] : [])],
    reload: `nginx -c ${nginxConfPath} -t -q && nginx -c ${nginxConfPath} -s reload`,
  });

export const entryPoint = watchedEntryPoint(path, "/docker-entrypoint.sh", "gateway");
