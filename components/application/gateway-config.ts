import type { Blueprint } from "../blueprint.ts";
import { levelWord } from "../logging/levels.ts";
import type { ConfigFile } from "../workload/index.ts";
import { grafanaServer } from "./gateway-grafana.ts";

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

/**
 * Whose word on the client's address and scheme counts: the load balancer's, which comes from a private address (on ECS the
 * security group lets nobody else in). On a developer's machine nothing stands before the gateway, so nobody's.
 */
const balancers = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/** Requests a second of one address, and how many more at once: an office behind one address, not a flood. */
export const clientRate = { second: 200, burst: 1_000 } as const;

/** nginx allows no header twice: what services say themselves is replaced. */
const securityHeaders: readonly (readonly [name: string, value: string])[] = [
  ["X-Content-Type-Options", "nosniff"],
  ["X-Frame-Options", "DENY"],
  ["Referrer-Policy", "no-referrer"],
  ["X-Correlation-ID", "$correlation_id"],
];

const maintenancePage = [
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="10">',
  "<title>Back soon</title></head><body><h1>Back soon</h1><p>The application does not answer at the moment.",
  "This page tries again by itself.</p><p>Correlation id: $correlation_id</p></body></html>",
].join("");

const certificate = `        ssl_certificate /etc/gateway-tls/certificate.pem;
        ssl_certificate_key /etc/gateway-tls/key.pem;
        ssl_protocols TLSv1.2 TLSv1.3;`;

function nginxConf(plan: Blueprint): string {
  const { settings, address } = plan;
  const trusted = settings.target.loopback ? [] : balancers;
  const headers = securityHeaders.map(
    ([name, value]) => `    proxy_hide_header ${name};\n    add_header ${name} "${value}" always;\n`,
  );
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

    # Who the client is and how it came, as the load balancer says where there is one; what anybody else says is ignored.
${trusted.map((range) => `    set_real_ip_from ${range};\n`).join("")}    real_ip_header X-Forwarded-For;
    real_ip_recursive on;
    geo $realip_remote_addr $is_balancer {
        default 0;
${trusted.map((range) => `        ${range} 1;\n`).join("")}    }
    map $is_balancer:$http_x_forwarded_proto $client_scheme {
        1:https https;
        1:http  http;
        default $scheme;
    }
    limit_req_zone $binary_remote_addr zone=clients:10m rate=${clientRate.second}r/s;
    limit_req_status 429;

${headers.join("")}
    gzip on;
    gzip_vary on;
    gzip_proxied any;
    gzip_min_length 1000;
    gzip_types application/json application/problem+json text/css text/javascript image/svg+xml;

    client_max_body_size 1m;
    # A slow sender or reader holds a connection no longer.
    client_header_timeout 10s;
    client_body_timeout 10s;
    send_timeout 30s;
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
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $client_scheme;

    server {
        listen 80;
        listen 443 ssl;
${certificate}
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
            limit_req zone=clients burst=${clientRate.burst} nodelay;
            error_page 418 = @repeatable;
            # Else an error there would have nginx's own page.
            recursive_error_pages on;
            error_page 502 = @unreachable;
            if ($http_idempotency_key) {
                return 418;
            }
            proxy_pass $backend;
        }
        # The backend does once what comes twice with one key. An instance that leaves may break off what it never read.
        location @repeatable {
            proxy_next_upstream error timeout non_idempotent;
            error_page 502 = @unreachable;
            proxy_pass $backend;
        }
        # Still 502: whoever sent something cannot know whether it arrived.
        location @unreachable {
            default_type application/problem+json;
            return 502 '{"type":"about:blank","title":"Bad Gateway","status":502,"detail":"the application does not answer; try again","correlation_id":"$correlation_id"}';
        }
        location / {
            error_page 502 504 = @maintenance;
            proxy_pass $frontend;
        }
        location @maintenance {
            default_type text/html;
            return 503 '${maintenancePage}';
        }
    }
${grafanaServer(plan, certificate)}}
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
