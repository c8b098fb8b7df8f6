import type { Blueprint } from "../blueprint.ts";
import { levelWord } from "../logging/levels.ts";
import type { ConfigFile } from "../workload/index.ts";

/** Answered by nginx itself, on plain HTTP, whatever stands behind it. */
export const livenessPath = "/-/live";
export const readinessPath = "/-/ready";

/** nginx's files. Names are resolved at run time (variables in `proxy_pass`), so a changed address needs no reload. */
export function gatewayFiles(plan: Blueprint): readonly ConfigFile[] {
  return [
    { path: "/etc/gateway/nginx.conf", content: nginxConf(plan) },
    // `valid`: an address that left, as that of a release that starts again and again, is asked no longer than this.
    {
      path: "/etc/gateway-templates/resolver.conf.template",
      content: `resolver \${NGINX_LOCAL_RESOLVERS} valid=1s ipv6=off;\n`,
    },
  ];
}

function nginxConf(plan: Blueprint): string {
  const { settings, address } = plan;
  const backendUrl = `http://${address("backend")}:${settings.backend.port}`;
  const frontendUrl = `http://${address("frontend")}:${settings.frontend.port}`;
  return `# The gateway. Rendered by ./platform render from components/application/gateway-config.ts.
worker_processes auto;
pid /var/run/nginx.pid;
error_log /dev/stderr ${levelWord("nginx", settings.logs.level)};

events {
    worker_connections 4096;
}

http {
    include /etc/nginx/mime.types;
    include /var/cache/nginx/resolver.conf;
    server_tokens off;
    client_body_temp_path /tmp/body;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;

    # Request lines are exempt from the log level: at WARNING they would vanish.
    log_format json escape=json '{"timestamp":"$time_iso8601","level":"INFO","service":"gateway","method":"$request_method","path":"$uri","status":$status,"duration_seconds":$request_time,"correlation_id":"$correlation_id","upstream":"$upstream_addr"}';
    access_log /dev/stdout json;

    map $http_x_correlation_id $correlation_id {
        "~^[A-Za-z0-9_-]{8,64}$" $http_x_correlation_id;
        default                   $request_id;
    }

    client_max_body_size 1m;
    keepalive_timeout 65s;
    proxy_http_version 1.1;
    # Room for one lost packet (sent again after 1 s), and for three dead addresses before a customer has waited 5 s.
    proxy_connect_timeout 1500ms;
    proxy_read_timeout 30s;
    # A POST that may have arrived is not repeated, unless it has an Idempotency-Key: see @repeatable.
    proxy_next_upstream error timeout;
    proxy_next_upstream_tries 5;
    proxy_set_header Host $host;
    proxy_set_header Connection "";
    proxy_set_header X-Correlation-ID $correlation_id;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;

    server {
        listen 80;
        listen 443 ssl;
        ssl_certificate /etc/gateway-tls/certificate.pem;
        ssl_certificate_key /etc/gateway-tls/key.pem;
        ssl_protocols TLSv1.2 TLSv1.3;
        server_name _;
        set $backend ${backendUrl};
        set $frontend ${frontendUrl};

        location = ${livenessPath} {
            access_log off;
            return 200 "live\\n";
        }
        location = ${readinessPath} {
            access_log off;
            return 200 "ready\\n";
        }

        # For operators, not for customers.
        location ~ ^/api/v1/(metrics|health/metrics|health/detailed|webhooks|admin)(/|$) {
            return 404;
        }
        location /api/ {
            error_page 418 = @repeatable;
            if ($http_idempotency_key) {
                return 418;
            }
            proxy_pass $backend;
        }
        # The backend does once what comes twice with one key. An instance that leaves may break off what it never read.
        location @repeatable {
            proxy_next_upstream error timeout non_idempotent;
            proxy_pass $backend;
        }
        location / {
            proxy_pass $frontend;
        }
    }
}
${settings.target.loopback ? streamConf(plan) : ""}`;
}

/** The loopback ports of rolling workloads, forwarded as they are. */
function streamConf({ settings: { backend, frontend }, address }: Blueprint): string {
  const forward = (name: string, number: number) => `    server {
        listen ${number};
        set $${name} ${address(name)}:${number};
        proxy_connect_timeout 1500ms;
        proxy_pass $${name};
    }
`;
  return `
stream {
    include /var/cache/nginx/resolver.conf;
${forward("backend", backend.port)}${forward("frontend", frontend.port)}}
`;
}
