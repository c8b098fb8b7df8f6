import type { ConfigFile } from "../workload/index.ts";

export const nginxConfPath = "/etc/gateway/nginx.conf";
export const certificatePath = "/etc/gateway-tls/certificate.pem";
export const privateKeyPath = "/etc/gateway-tls/key.pem";

const path = "/etc/gateway/reload.sh";

/** Seconds between two looks: a certificate is renewed weeks before its end. */
const pauseSeconds = 10;

/** Has nginx read its certificate again when the files change, without a request lost. */
export const reloadFile: ConfigFile = {
  path,
  content: `#!/bin/sh
# Has nginx read its certificate again when the files change: connections that are open end with the old one, new ones
# get the new one. Rendered by ./platform render from components/application/gateway-reload.ts.
state() {
  cat ${certificatePath} ${privateKeyPath} | cksum
}

known=$(state)
while sleep ${pauseSeconds}; do
  now=$(state)
  [ "$now" = "$known" ] && continue
  # Half of a new pair is none: nginx keeps the old one, and the next look sees the whole.
  nginx -c ${nginxConfPath} -t -q && nginx -c ${nginxConfPath} -s reload && known=$now
done
`,
};

/** Starts the watch beside the image's own entry point, which becomes nginx. */
export const entryPoint: readonly string[] = ["sh", "-c", `sh ${path} & exec /docker-entrypoint.sh "$@"`, "gateway"];
