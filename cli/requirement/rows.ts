/** One row of a table of the requirement (the report of phase 5). */
export interface Row {
  /** By which tests name it: a title that holds `[requirement health/live]` proves this row, `[requirement health/*]` each of health's. */
  readonly id: string;
  readonly asks: string;
  /** What stands for it here, where that is something else; else it is there as it is asked for. */
  readonly here?: string;
  /** Why no test proves it yet. */
  readonly open?: string;
}

export interface Section {
  /** Number and title, as the report has them. */
  readonly title: string;
  readonly rows: readonly Row[];
}

type Written = readonly [id: string, asks: string, here?: string];

const rows = (group: string, written: readonly Written[]): readonly Row[] =>
  written.map(([id, asks, here]) => ({ id: `${group}/${id}`, asks, ...(here === undefined ? {} : { here }) }));

const critical = ["HighErrorRate", "BackendDown", "DatabaseDown", "RedisDown", "TradingSystemUnhealthy"];
const warning = [
  ...["SlowResponseTime", "HighDatabaseConnections", "LongRunningQueries", "HighRedisMemory", "HighCpuUsage"],
  ...["HighMemoryUsage", "LowDiskSpace", "HighOrderFailureRate", "BacktestQueueBackup"],
];

/** Every row of the requirement, in its order. */
export const requirement: readonly Section[] = [
  {
    title: "1.1 Health endpoints",
    rows: rows("health", [
      ["basic", "`/api/v1/health`: state of database and Redis"],
      ["live", "`/api/v1/health/live`: liveness probe"],
      [
        "ready",
        "`/api/v1/health/ready`: readiness probe",
        "does not ask shared dependencies: one blip of the database would stop every backend",
      ],
      ["detailed", "`/api/v1/health/detailed`: all components and the system's resources"],
      ["metrics", "`/api/v1/health/metrics`: figures in Prometheus' format"],
    ]),
  },
  {
    title: "1.1 Metrics endpoints",
    rows: rows("metrics", [
      ["json", "`/api/v1/metrics`: JSON"],
      ["prometheus", "`/api/v1/metrics/prometheus`: Prometheus' format"],
      ["summary", "`/api/v1/metrics/summary`: the key figures as JSON"],
    ]),
  },
  {
    title: "1.1 Alert rules",
    rows: [
      ...critical.map((name) => ({ id: `alert/${name}`, asks: `${name}, critical` })),
      ...warning.map((name) => ({ id: `alert/${name}`, asks: `${name}, warning` })),
    ],
  },
  {
    title: "1.1 Channels of Alertmanager",
    rows: rows("channel", [
      ["slack", "Slack #alerts: ordinary alerts"],
      ["pagerduty", "PagerDuty: urgent alerts"],
      ["email", "e-mail to database-team"],
      ["webhook", "webhook `/api/v1/webhooks/alerts`"],
    ]),
  },
  {
    title: "1.2 Structured logs",
    rows: rows("log", [
      ["json", "JSON in production", "pino stands for structlog"],
      ["console", "text on the console in development"],
      ["correlation-id", "correlation id"],
      ["user", "user context"],
      ["service", "information about the service"],
      ["timestamp", "timestamp, ISO"],
      ["exception", "formatted exceptions"],
      ["request", "each request's start and end", "at WARNING (prod): what failed, was slow or is audited"],
      ["duration", "response time"],
      ["status", "status code"],
      ["header", "`X-Correlation-ID` in the answer"],
    ]),
  },
  {
    title: "1.2 Log levels",
    rows: rows("level", [
      ["development", "development: DEBUG"],
      ["staging", "staging: INFO"],
      ["production", "production: WARNING"],
    ]),
  },
  {
    title: "1.2 Log pipeline",
    rows: rows("pipeline", [
      ["loki", "Loki: keeps logs, answers queries"],
      ["promtail", "Promtail: collects from Docker and files"],
      [
        "grafana",
        "Grafana: shows logs",
        "its files are judged by its schema, its queries by Loki: its server is no package",
      ],
    ]),
  },
  {
    title: "1.3 Pipeline",
    rows: rows("ci", [
      ["order", "lint, test-backend, test-frontend, build, security-scan, deploy"],
      ["lint", "lint: ruff, black, isort, ESLint, TypeScript", "Biome and tsc: there is no Python"],
      ["test-backend", "tests of the backend with PostgreSQL and Redis", "vitest; the tests start both from packages"],
      ["test-frontend", "tests of the frontend with coverage", "vitest"],
      ["build", "images to GitHub Container Registry"],
      ["security", "Trivy scans the images"],
      ["staging", "develop goes to staging, on ECS"],
      ["production", "main goes to production, on ECS"],
      ["cleanup", "old images are deleted, 10 versions kept"],
    ]),
  },
  {
    title: "1.3 Configuration of environments",
    rows: rows("environment", [
      ["development", "development: `docker-compose.dev.yml`"],
      ["production", "production: `docker-compose.prod.yml`"],
      ["secrets", "secrets: GitHub Secrets, AWS Secrets Manager", "GitHub's feed the pipeline alone"],
    ]),
  },
  {
    title: "1.3 Rollback",
    rows: rows("rollback", [
      ["ecs", "ECS goes back by itself where health checks fail", "its services are played as AWS documents them"],
      ["tag", "a git tag marks each release"],
      ["images", "GitHub Container Registry keeps older images"],
    ]),
  },
  {
    title: "2 Files",
    rows: rows("file", [
      ["prometheus", "`monitoring/prometheus.yml`"],
      ["rules", "`monitoring/alert.rules`"],
      ["alertmanager", "`monitoring/alertmanager.yml`"],
      ["loki", "`monitoring/loki-config.yml`"],
      ["promtail", "`monitoring/promtail-config.yml`"],
      ["grafana", "`monitoring/grafana/provisioning/`"],
      ["health", "`backend/app/api/v1/health.py`", "`services/backend/http/routes/health.ts`"],
      ["metrics-api", "`backend/app/api/v1/metrics.py`", "`services/backend/http/routes/metrics.ts`"],
      ["logging", "`backend/app/core/logging.py`", "`services/backend/observability/log.ts`"],
      ["metrics", "`backend/app/core/metrics.py`", "`services/backend/observability/metrics.ts`"],
      ["workflow", "`.github/workflows/ci-cd.yml`"],
      ["compose", "`docker-compose.yml`, `docker-compose.dev.yml`, `docker-compose.prod.yml`"],
    ]),
  },
  {
    title: "3 Acceptance",
    rows: rows("acceptance", [
      ["health", "`curl http://localhost:8000/api/v1/health`"],
      ["detailed", "`curl http://localhost:8000/api/v1/health/detailed`"],
      ["metrics", "`curl http://localhost:8000/api/v1/metrics`"],
      ["prometheus", "`curl http://localhost:8000/api/v1/metrics/prometheus`"],
      [
        "workflow",
        "the workflow is there; develop goes to staging, main to production",
        "actionlint judges it: no job ran on GitHub",
      ],
      ["build", "Docker builds the images", "without a registry from Debian's packages, by the same entry points"],
    ]),
  },
  {
    title: "4 Components in production",
    rows: rows("component", [
      ["gateway", "Nginx, 80 and 443", "tags are pinned: `nginx:alpine` moves"],
      ["backend", "backend, 8000"],
      ["frontend", "frontend, 3000"],
      ["prometheus", "Prometheus, 9090"],
      ["grafana", "Grafana, 3001"],
      ["alertmanager", "Alertmanager, 9093"],
      ["loki", "Loki, 3100"],
      ["promtail", "Promtail"],
      ["node-exporter", "node exporter, 9100"],
      ["redis-exporter", "Redis exporter, 9121"],
      ["postgres-exporter", "PostgreSQL exporter, 9187"],
    ]),
  },
  {
    title: "5 Next steps",
    rows: [
      ...rows("next", [
        ["dashboards", "dashboards that are there from the start"],
        ["business-panels", "panels of business figures"],
        ["thresholds", "thresholds that can be set"],
        ["silences", "rules of silence"],
        ["log-queries", "saved log queries"],
        ["log-alerts", "alerts on logs"],
        ["vault", "Vault keeps secrets", "off until a stack says so: docs/secrets.md"],
        ["mtls", "mTLS", "exporters, Loki and Grafana are asked plainly; ECS' managed services by TLS and password"],
      ]),
    ],
  },
];
