import { grafanaDomain, isGrafanaPublic, portOf } from "../access.ts";
import type { Blueprint } from "../blueprint.ts";
import { certificatePath, privateKeyPath } from "./gateway-reload.ts";

/** Logins a second of one address, and how many more at once: a team that opens one page after an incident, no guessing. */
const loginRate = { second: 2, burst: 20 } as const;

/**
 * nginx's server for `grafana.<domain>`; empty where Grafana is not public. Where the gateway ends TLS, its certificate must
 * hold this name too.
 */
export function grafanaServer({ settings, address }: Blueprint): string {
  if (!isGrafanaPublic(settings)) return "";
  const name = grafanaDomain(settings);
  return `
    limit_req_zone $binary_remote_addr zone=logins:1m rate=${loginRate.second}r/s;
    map $http_upgrade $grafana_connection {
        default upgrade;
        ""      "";
    }

    server {
        listen 80;
        listen 443 ssl;
        ssl_certificate ${certificatePath};
        ssl_certificate_key ${privateKeyPath};
        server_name ${name};
        set $grafana http://${address("grafana")}:${portOf("grafana")};
        if ($is_plain) {
            return 308 https://${name}$request_uri;
        }

        # For Prometheus and probes, not for people.
        location ~ ^/(metrics|healthz|api/health|debug)(/|$) {
            return 404;
        }
        location /login {
            limit_req zone=logins burst=${loginRate.burst} nodelay;
            proxy_pass $grafana;
        }
        # Live updates are a WebSocket.
        location /api/live/ {
            proxy_set_header Host $host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $grafana_connection;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $client_scheme;
            proxy_pass $grafana;
        }
        location / {
            limit_req zone=clients burst=200 nodelay;
            proxy_pass $grafana;
        }
    }
`;
}
