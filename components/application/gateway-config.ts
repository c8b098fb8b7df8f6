import type { Blueprint } from "../blueprint.ts";
import { levelWord } from "../logging/levels.ts";
import { authorityPath, identityPath } from "../mtls.ts";
import type { Settings } from "../settings.ts";
import type { ConfigFile } from "../workload/index.ts";
import { answerLocations, apiErrorPages, pageErrorPages, retryAfter } from "./gateway-answers.ts";
import { grafanaServer } from "./gateway-grafana.ts";
import { apiPattern, hiddenPattern } from "./gateway-paths.ts";
import { certificatePath, gatewayReload, nginxConfPath, privateKeyPath } from "./gateway-reload.ts";

/** Answered by nginx itself, on plain HTTP, whatever stands behind it. */
export const livenessPath = "/-/live";
export const readinessPath = "/-/ready";

/** nginx's files. Names are resolved at run time (variables in `proxy_pass`), so a changed address needs no reload. */
export function gatewayFiles(plan: Blueprint): readonly ConfigFile[] {
  return [
    { path: nginxConfPath, content: nginxConf(plan) },
    gatewayReload(plan.settings.mtls),
    // `valid`: an address that left, as that of a release that starts again and again, is asked no longer than this.
    {
      path: "/etc/gateway-templates/resolver.conf.template",
      content: `resolver \${NGINX_LOCAL_RESOLVERS} valid=1s ipv6=off;\n`,
    },
  ];
}

/** Requests a second of one address, and how many more at once: an office behind one address, not a flood. */
export const clientRate = { second: 200, burst: 1_000 } as const;

/** nginx allows no header twice: what services say themselves is replaced. An empty one is not sent. */
const securityHeaders = (settings: Settings): readonly (readonly [name: string, value: string])[] => [
  ["X-Content-Type-Options", "nosniff"],
  ["X-Frame-Options", "DENY"],
  ["Referrer-Policy", "no-referrer"],
  // On a developer's machine all that is on localhost would have to be HTTPS.
  ["Strict-Transport-Security", isSecure(settings) ? "$transport_security" : ""],
  ["X-Correlation-ID", "$correlation_id"],
];

/** Fields of a line of the access log; `status` and its like are numbers. */
const accessLog = {
  timestamp: "$time_iso8601",
  level: "INFO",
  service: "gateway",
  method: "$request_method",
  path: "$uri",
  scheme: "$client_scheme",
  client: "$remote_addr",
  correlation_id: "$correlation_id",
  upstream: "$upstream_addr",
  upstream_status: "$upstream_status",
} as const;
const accessLogNumbers = { status: "$status", bytes: "$body_bytes_sent", duration_seconds: "$request_time" } as const;

const accessLogFormat = `{${[
  ...Object.entries(accessLog).map(([name, value]) => `"${name}":"${value}"`),
  ...Object.entries(accessLogNumbers).map(([name, value]) => `"${name}":${value}`),
].join(",")}}`;

/** Customers come by HTTPS where the site has a name. `localhost` is a developer's: TLS is there for who asks for it. */
const isSecure = ({ domain }: Settings): boolean => domain !== "localhost";

/**
 * Plain HTTP is sent on to HTTPS, but for what load balancers check; not on a developer's loopback port. 308: a POST
 * stays one. The domain is the settings' and not the request's, which could name any. HSTS for a year, of this name
 * alone: other names below it are not ours.
 */
const toHttps = (settings: Settings): string =>
  isSecure(settings)
    ? `
    map $client_scheme:$server_port:$uri $is_plain {
        http:80:${livenessPath}  0;
        http:80:${readinessPath} 0;
        ~^http:80:     1;
        default        0;
    }
    map $client_scheme $transport_security {
        https   "max-age=31536000";
        default "";
    }
`
    : "";

/**
 * As many as it has processors' worth, and a second one for while the first is busy. `auto` counts the host's: of 64 that is
 * 64 processes, whose memory (2 MB each, idle; twice as many at a reload) is over the container's limit.
 */
const workers = ({ gateway }: Settings): number => Math.max(2, Math.ceil(gateway.resources.cpu.limit / 1000));

function nginxConf(plan: Blueprint): string {
  const { settings, address } = plan;
  const { balancers } = settings.target;
  const headers = securityHeaders(settings).map(
    ([name, value]) => `    proxy_hide_header ${name};\n    add_header ${name} "${value}" always;\n`,
  );
  const backendUrl = `${settings.mtls ? "https" : "http"}://${address("backend")}:${settings.backend.port}`;
  const frontendUrl = `http://${address("frontend")}:${settings.frontend.port}`;
  return `# The gateway. Rendered by ./platform render from components/application/gateway-config.ts.
worker_processes ${workers(settings)};
# After a reload what runs is finished, forwarded connections too, which may have no end.
worker_shutdown_timeout 60s;
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
    log_format json escape=json '${accessLogFormat}';
    access_log /dev/stdout json;

    map $http_x_correlation_id $correlation_id {
        "~^[A-Za-z0-9_-]{8,64}$" $http_x_correlation_id;
        default                   $request_id;
    }

    # Who the client is and how it came, as the load balancer says where there is one; what anybody else says is ignored.
${balancers.map((range) => `    set_real_ip_from ${range};\n`).join("")}    real_ip_header X-Forwarded-For;
    real_ip_recursive on;
    geo $realip_remote_addr $is_balancer {
        default 0;
${balancers.map((range) => `        ${range} 1;\n`).join("")}    }
    map $is_balancer:$http_x_forwarded_proto $client_scheme {
        1:https https;
        1:http  http;
        default $scheme;
    }
${toHttps(settings)}
    # Everything but probes, whichever location answers: refused ones are in the access log.
    limit_req_zone $binary_remote_addr zone=clients:10m rate=${clientRate.second}r/s;
    limit_req_status 429;
    limit_req_log_level info;

    # A service that says itself when to ask again is not spoken over.
    map $status:$upstream_http_retry_after $retry_after {
${retryAfter.map(([status, after]) => `        ${status}: ${after};\n`).join("")}        default "";
    }
    add_header Retry-After $retry_after always;
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
    # One that hung until its timeout is not asked for anew: it would hang there too.
    proxy_next_upstream_timeout 10s;
    proxy_set_header Host $host;
    proxy_set_header Connection "";
    proxy_set_header X-Correlation-ID $correlation_id;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $client_scheme;

${settings.mtls ? indented([...identity, ...backendTls], 4) : ""}    ssl_protocols TLSv1.2 TLSv1.3;
    # Of TLS 1.2 what has forward secrecy and authenticates (Mozilla "Server Side TLS", intermediate).
    ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;
    ssl_session_cache shared:tls:10m;
    ssl_session_timeout 1d;
    ssl_session_tickets off;

    server {
        listen 80;
        listen 443 ssl;
${settings.target.loopback ? `        # The page's own port on this host, with the API that it asks.\n        listen ${settings.frontend.port};\n` : ""}\
        ssl_certificate ${certificatePath};
        ssl_certificate_key ${privateKeyPath};
        server_name _;
        set $backend ${backendUrl};
        set $frontend ${frontendUrl};
        limit_req zone=clients burst=${clientRate.burst} nodelay;
        recursive_error_pages on;
${isSecure(settings) ? `        if ($is_plain) {\n            return 308 https://${settings.domain}$request_uri;\n        }\n` : ""}
        location = ${livenessPath} {
            access_log off;
            return 200 "live\\n";
        }
        location = ${readinessPath} {
            access_log off;
            return 200 "ready\\n";
        }

        # For operators, not for customers.
        location ~ ${hiddenPattern(settings)} {
            return 404;
        }
        location ~ ${apiPattern(settings)} {
            error_page 418 = @repeatable;
${indented(apiErrorPages, 12)}
            if ($http_idempotency_key) {
                return 418;
            }
            proxy_pass $backend;
        }
        # The backend does once what comes twice with one key. An instance that leaves may break off what it never read.
        location @repeatable {
            proxy_next_upstream error timeout non_idempotent;
${indented(apiErrorPages, 12)}
            proxy_pass $backend;
        }
        location / {
${indented(pageErrorPages, 12)}
            proxy_pass $frontend;
        }
${indented(answerLocations, 8)}
    }
${grafanaServer(plan)}}
${settings.target.loopback ? streamConf(plan) : ""}`;
}

/**
 * How the backend is known, and the gateway to it; its name is the one in `proxy_pass`. A path with a variable is read anew
 * for each connection (nginx 1.21): a rotation needs no reload, at which a customer's idle connection may break.
 */
const backendTls: readonly string[] = [
  "proxy_ssl_protocols TLSv1.2 TLSv1.3;",
  "proxy_ssl_verify on;",
  "# Its certificate, and the authority's.",
  "proxy_ssl_verify_depth 1;",
  `proxy_ssl_trusted_certificate ${authorityPath};`,
  "proxy_ssl_certificate $identity;",
  "proxy_ssl_certificate_key $identity;",
  "",
];

const identity: readonly string[] = ['map "" $identity {', `    default ${identityPath};`, "}"];

const indented = (lines: readonly string[], by: number): string =>
  lines
    .flatMap((line) => line.split("\n"))
    .map((line) => " ".repeat(by) + line)
    .join("\n");

/** The backend's loopback port, forwarded as it is: what customers may not see is there. */
function streamConf({ settings: { backend, mtls }, address }: Blueprint): string {
  const tls = mtls ? ["proxy_ssl on;", `proxy_ssl_name ${address("backend")};`, ...backendTls] : [];
  return `
stream {
    include /var/cache/nginx/resolver.conf;
${mtls ? `${indented(identity, 4)}\n` : ""}    server {
        listen ${backend.port};
        set $backend ${address("backend")}:${backend.port};
        proxy_connect_timeout 1500ms;
${tls.length === 0 ? "" : indented(tls, 8)}        proxy_pass $backend;
    }
}
`;
}
