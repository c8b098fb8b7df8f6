import { dockerContainer } from "./example-resources.ts";
import type { Example } from "./policy.ts";
import type { Properties } from "./values.ts";

type ExampleResource = Example["bad"][number];

const alarm = (alarmActions: readonly string[]): ExampleResource => ({
  type: "aws:cloudwatch/metricAlarm:MetricAlarm",
  name: "database-disk",
  properties: { metricName: "FreeStorageSpace", alarmActions },
});

const config = (receiver: Properties): ExampleResource => ({
  type: "kubernetes:monitoring.coreos.com/v1alpha1:AlertmanagerConfig",
  name: "alerts",
  properties: { spec: { route: { receiver: "oncall" }, receivers: [{ name: "oncall", ...receiver }] } },
});

const PLATFORM: ExampleResource = {
  type: "trading-platform:platform:TradingPlatform",
  name: "platform",
  properties: {},
};

const routes = (told: Properties): ExampleResource => ({
  type: "trading-platform:alerts:AlertRoutes",
  name: "alerts",
  properties: { critical: ["BackendDown"], receivers: ["pagerduty", "slack"], told },
});

const file = (route: string): string =>
  `route:
  receiver: nobody
  routes:
    - matchers: ["${route}"]
      receiver: oncall
receivers:
  - name: nobody
  - name: oncall
    slack_configs: [{ channel: "#alerts" }]
`;

const PAGING = file("severity=critical");
const SILENT = file("severity=warning");

const configMap = (text: string): ExampleResource => ({
  type: "kubernetes:core/v1:ConfigMap",
  name: "alertmanager",
  properties: { data: { "alertmanager.yml": text } },
});

const bucketObject = (content: string): ExampleResource => ({
  type: "aws:s3/bucketObjectv2:BucketObjectv2",
  name: "alertmanager",
  properties: { bucket: "config", key: "alertmanager/alertmanager.yml", content },
});

const uploaded = (content: string): ExampleResource =>
  dockerContainer({ uploads: [{ file: "/etc/alertmanager/alertmanager.yml", content }] });

export const REQUIRE_ALERT_ROUTE_EXAMPLES: readonly Example[] = [
  {
    title: "CloudWatch: an alarm that tells nobody",
    bad: [alarm([])],
    good: [alarm(["arn:aws:sns:eu-central-1:111122223333:alerts"])],
  },
  {
    title: "Prometheus operator: a receiver without a channel",
    bad: [config({})],
    good: [config({ pagerdutyConfigs: [{ routingKey: { name: "pagerduty", key: "routingKey" } }] })],
  },
  {
    title: "Kubernetes and AWS: an alertmanager.yml that tells nobody of what is critical",
    bad: [configMap(SILENT), bucketObject(SILENT)],
    good: [configMap(PAGING), bucketObject(PAGING)],
  },
  { title: "Docker: the same", bad: [uploaded(SILENT)], good: [uploaded(PAGING)] },
  {
    title: "Trading platform: a critical alert that no route takes",
    bad: [PLATFORM, routes({ BackendDown: [] })],
    good: [PLATFORM, routes({ BackendDown: ["pagerduty", "slack"] })],
  },
];
