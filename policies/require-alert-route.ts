import { filesOf, isAlertmanagerFile, receiversWithChannel, toldOfCritical } from "./alertmanager-config.ts";
import { ask, type Complaint, violationAt, whenKnown, withoutRepetition } from "./ask.ts";
import {
  type Finding,
  judged,
  notApplicable,
  type Policy,
  type Resource,
  type StackFinding,
  type StackResource,
  type StackRule,
  type Verdict,
} from "./policy.ts";
import { REQUIRE_ALERT_ROUTE_EXAMPLES } from "./require-alert-route.examples.ts";
import { at, entries, flag, isAbsent, type Node, nameOf, object, rootOf, text } from "./values.ts";
import { yaml } from "./yaml.ts";

const PLATFORM = "trading-platform:platform:TradingPlatform";
const ROUTES = "trading-platform:alerts:AlertRoutes";
const PAGE = "https://prometheus.io/docs/alerting/latest/configuration/#route";
const CLOUDWATCH_PAGE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html";

const CHANNEL_REPAIR =
  'receivers: [{ name: "oncall", pagerdutyConfigs: [{ routingKey: { name: "pagerduty", key: "routingKey" } }] }]';
const FILE_REPAIR =
  'routes: [{ receiver: "pagerduty", matchers: [\'severity="critical"\'] }], receivers: [{ name: "pagerduty", pagerduty_configs: [{ routing_key_file: "/run/secrets/pagerduty" }] }]';
const ROUTE_REPAIR = 'routes: [{ receiver: "pagerduty", matchers: [\'severity="critical"\'] }]';

/** Names by which an Alertmanager's configuration says that nobody is to be told. */
const isNobody = (receiver: string): boolean => /^(null|none|blackhole|devnull|)$/i.test(receiver);

/** A stack with a TradingPlatform states its critical alerts and who is told of each. */
const platformRoutes: StackRule = {
  types: [PLATFORM, ROUTES],
  asks: "for a stack with a TradingPlatform: an AlertRoutes with critical alerts, each of which is told to a receiver that there is",
  leavesAlone: "stacks without a TradingPlatform",
  judge: (resources) => {
    const platform = resources.find(({ type }) => type === PLATFORM);
    if (platform === undefined) return notApplicable("the stack has no TradingPlatform");
    const routes = resources.filter(({ type }) => type === ROUTES);
    const findings: readonly StackFinding[] =
      routes.length > 0
        ? routes.flatMap((resource) => routeFindings(resource).map((finding) => ({ resource, finding })))
        : [
            {
              resource: platform,
              finding: violationAt(
                { path: "AlertRoutes", value: undefined },
                complaint("the stack has no AlertRoutes: nothing says who is told"),
              ),
            },
          ];
    return { kind: "judged", findings };
  },
};

const complaint = (problem: string, repair = ROUTE_REPAIR): Complaint => ({ problem, repair, url: PAGE });

function routeFindings({ properties }: StackResource): readonly Finding[] {
  const root = rootOf(properties);
  const [critical, told, receivers] = [at(root, "critical"), at(root, "told"), at(root, "receivers")];
  const alerts = entries(critical);
  const known = whenKnown([critical, told, receivers, ...alerts, ...entries(receivers)], () => {
    if (alerts.length === 0) return [violationAt(critical, complaint("no alert is critical: nothing ever pages"))];
    const named = new Set(entries(receivers).map((receiver) => text(receiver)));
    return alerts.flatMap((alert) => {
      const to = at(told, text(alert) ?? "");
      return whenKnown([to, ...entries(to)], () =>
        entries(to).some((receiver) => named.has(text(receiver)) && !isNobody(text(receiver) ?? ""))
          ? []
          : [violationAt(to, complaint(`critical alert ${text(alert)} is told to no receiver`))],
      );
    });
  });
  return withoutRepetition(known);
}

function judgeAlarm({ properties }: Resource): Verdict {
  const root = rootOf(properties);
  const say = (problem: string): Complaint => ({
    problem,
    repair: "alarmActions: [alerts.arn]",
    url: CLOUDWATCH_PAGE,
  });
  return judged([
    ...ask(
      at(root, "alarmActions"),
      (actions) => entries(actions).length > 0,
      say("alarmActions is empty: the alarm tells nobody"),
    ),
    ...ask(
      at(root, "actionsEnabled"),
      (enabled) => flag(enabled) !== false,
      say("actionsEnabled is false: the alarm tells nobody"),
    ),
  ]);
}

/** The Prometheus operator's resource: the default route and its children lead to receivers that have a channel. */
function judgeAlertmanagerConfig({ properties }: Resource): Verdict {
  const spec = at(rootOf(properties), "spec");
  const [route, receivers] = [at(spec, "route"), at(spec, "receivers")];
  const all = entries(receivers);
  const names = all.map((receiver) => at(receiver, "name"));
  const reached = [route, ...entries(at(route, "routes"))].map((one) => at(one, "receiver"));
  const findings = whenKnown([route, receivers, ...all, ...names, ...reached, ...all.flatMap(channelsOf)], () => {
    const channels = new Map(
      all.map((receiver) => [nameOf(receiver), channelsOf(receiver).some((list) => entries(list).length > 0)]),
    );
    return reached
      .filter((receiver) => !isAbsent(receiver) || receiver.path === "spec.route.receiver")
      .filter((receiver) => channels.get(text(receiver) ?? "") !== true)
      .map((receiver) =>
        violationAt(
          receiver,
          complaint(
            `receiver ${text(receiver) ?? "of the default route"} has no channel: what is routed there is told to nobody`,
            CHANNEL_REPAIR,
          ),
        ),
      );
  });
  return judged(withoutRepetition(findings));
}

/** Alertmanager's own file, wherever the program brings it from: what is critical is told to a receiver with a channel. */
function judgeFiles({ type, properties }: Resource): Verdict {
  const files = filesOf(type, rootOf(properties)).filter(isAlertmanagerFile);
  if (files.length === 0) return notApplicable("it brings no alertmanager.yml");
  return judged(files.flatMap(({ content }) => whenKnown([content], () => configFindings(content))));
}

function configFindings(content: Node): readonly Finding[] {
  const config = yaml(content);
  if (config === undefined) return [violationAt(content, complaint("alertmanager.yml is no YAML", FILE_REPAIR))];
  const [told, reached] = [toldOfCritical(config), receiversWithChannel(config)];
  if (told.some((receiver) => reached.has(receiver))) return [];
  const problem =
    told.length === 0
      ? "alertmanager.yml has no route: nobody is told of anything"
      : `alertmanager.yml tells ${told.map((name) => `"${name}"`).join(", ")} of what is critical, which has no channel: nobody is paged`;
  return [violationAt(content, complaint(problem, FILE_REPAIR))];
}

/** Where a receiver lists its channels. */
const channelsOf = (receiver: Node): readonly Node[] =>
  Object.keys(object(receiver) ?? {})
    .filter((key) => key.endsWith("Configs"))
    .map((key) => at(receiver, key));

/** What is critical reaches somebody. */
export const requireAlertRoute: Policy = {
  name: "require-alert-route",
  displayName: "Critical alerts reach somebody",
  severity: "high",
  concern: "hygiene",
  description: "Every critical alert is routed to a receiver that exists, and every CloudWatch alarm has an action.",
  why: "An alert without a route fires where nobody looks; the customer calls first.",
  remedies: [
    { step: "Alertmanager", code: ROUTE_REPAIR },
    { step: "CloudWatch", code: "alarmActions: [alerts.arn]" },
  ],
  url: PAGE,
  counterparts: [
    { tool: "checkov", rules: ["CKV_AWS_319"] },
    { tool: "Security Hub", rules: ["CloudWatch.15", "CloudWatch.17"] },
  ],
  parameters: [],
  resourceRules: [
    {
      types: ["aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm"],
      asks: "`alarmActions`, and `actionsEnabled` not false",
      judge: judgeAlarm,
    },
    {
      types: [
        "kubernetes:monitoring.coreos.com/v1alpha1:AlertmanagerConfig",
        "kubernetes:monitoring.coreos.com/v1beta1:AlertmanagerConfig",
      ],
      asks: "routes whose receiver has at least one channel (`…Configs`)",
      judge: judgeAlertmanagerConfig,
    },
    {
      types: [
        "kubernetes:core/v1:ConfigMap",
        "kubernetes:core/v1:Secret",
        "docker:index/container:Container",
        "aws:s3/bucketObjectv2:BucketObjectv2",
        "aws:s3/bucketObject:BucketObject",
      ],
      asks: "an `alertmanager.yml` that tells an alert with `severity: critical` to a receiver with at least one channel (`…_configs`)",
      leavesAlone: "those that bring no `alertmanager.yml` as text (`data`, `stringData`, `uploads`, `content`)",
      judge: judgeFiles,
    },
  ],
  stackRules: [platformRoutes],
  examples: REQUIRE_ALERT_ROUTE_EXAMPLES,
};
