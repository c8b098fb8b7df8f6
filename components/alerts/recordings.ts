import type { Settings } from "../settings.ts";
import { type Duration, formatDuration, hours, minutes } from "../workload/index.ts";
import type { Category } from "./alert.ts";
import { counts, holds, type State } from "./behaviour.ts";

/**
 * An expression that is evaluated once, under a name that alerts and dashboards share. It stands before the alerts in
 * their group, whose rules are evaluated one after the other: an alert sees it without delay.
 */
export interface Recording {
  /** `level:metric:operation`, as Prometheus' documentation recommends. */
  readonly name: string;
  readonly category: Category;
  readonly expression: string;
  /** What it is of a state that has lasted: its test. */
  readonly example: {
    readonly state: State;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  };
  /** Of a share of what goes wrong: a state in which nothing ever did. It is 0 there, and a panel says so. */
  readonly calm?: State;
}

/** Every recording of a stack. */
export function recordings(settings: Settings): readonly Recording[] {
  const windows = [settings.alerts.timing.critical.window, ...budgetWindows];
  const all = [
    ...windows.map((window) => errorPercent(settings, window)),
    requestRate(settings),
    responseTimeP95(settings),
    orderFailurePercent(settings),
    cpuPercent(settings),
    memoryPercent,
  ];
  // A stack's own window may be one of the error budget's.
  return [...new Map(all.map((each) => [each.name, each])).values()];
}

/** Over which the error budget is watched. */
export const budgetWindows = [minutes(5), minutes(30), hours(1), hours(6)] as const;

/**
 * A share in percent. A counter of what goes wrong has no series before the first time, which is 0 and not "No data";
 * where the whole is missing too, nothing is known. No traffic is no error: 0 / 0 is NaN, which no comparison lets through.
 */
const percentOf = (part: string, whole: string): string => `100 * (${part} or 0 * ${whole}) / ${whole}`;

/** Share of the backend's answers that are 5xx. */
export function errorPercent({ backend: { metricNames } }: Settings, window: Duration): Recording {
  const time = formatDuration(window);
  const rate = (more: string) => `sum(rate(${metricNames.requests}{job="backend"${more}}[${time}]))`;
  return {
    name: `backend:http_requests:error_percent_${time}`,
    category: "application",
    expression: percentOf(rate(',status=~"5.."'), rate("")),
    calm: { [`${metricNames.requests}{job="backend",instance="a",status="200"}`]: counts(6) },
    example: {
      state: {
        [`${metricNames.requests}{job="backend",instance="a",status="200"}`]: counts(6),
        [`${metricNames.requests}{job="backend",instance="a",status="404"}`]: counts(1),
        [`${metricNames.requests}{job="backend",instance="b",status="500"}`]: counts(2),
        [`${metricNames.requests}{job="backend",instance="b",status="503"}`]: counts(1),
        [`${metricNames.requests}{job="other",instance="c",status="500"}`]: counts(100),
      },
      labels: {},
      value: 30,
    },
  };
}

/** Answered requests a second. Over the many series of routes a day of it is not read within a fifth of a second. */
export function requestRate({ backend: { metricNames }, alerts: { timing } }: Settings): Recording {
  const time = formatDuration(timing.warning.window);
  return {
    name: `backend:http_requests:rate_${time}`,
    category: "application",
    expression: `sum(rate(${metricNames.requests}{job="backend"}[${time}]))`,
    example: {
      state: {
        [`${metricNames.requests}{job="backend",instance="a",status="200"}`]: counts(6),
        [`${metricNames.requests}{job="backend",instance="b",status="500"}`]: counts(2),
        [`${metricNames.requests}{job="other",instance="c",status="200"}`]: counts(100),
      },
      labels: {},
      value: 8,
    },
  };
}

/** In seconds. */
export function responseTimeP95({ backend: { metricNames }, alerts: { timing } }: Settings): Recording {
  const buckets = `${metricNames.requestDuration}_bucket`;
  const time = formatDuration(timing.warning.window);
  return {
    name: `backend:http_request_duration_seconds:p95_${time}`,
    category: "application",
    expression: `histogram_quantile(0.95, sum by (le) (rate(${buckets}{job="backend"}[${time}])))`,
    example: {
      state: {
        [`${buckets}{job="backend",instance="a",le="1"}`]: counts(90),
        [`${buckets}{job="backend",instance="a",le="2"}`]: counts(100),
        [`${buckets}{job="backend",instance="a",le="+Inf"}`]: counts(100),
      },
      labels: {},
      value: 1.5,
    },
  };
}

/** Share of orders that failed, of those that came to an end by themselves: customers cancel many just while none goes through. */
export function orderFailurePercent({ backend: { metricNames }, alerts: { timing } }: Settings): Recording {
  const time = formatDuration(timing.warning.window);
  const rate = (labels: string) => `sum(rate(${metricNames.orders}${labels}[${time}]))`;
  return {
    name: `trading:orders:failed_percent_${time}`,
    category: "business",
    expression: percentOf(rate('{state="failed"}'), rate('{state!="cancelled"}')),
    calm: { [`${metricNames.orders}{job="backend",state="executed"}`]: counts(3) },
    example: {
      state: {
        [`${metricNames.orders}{job="backend",state="executed"}`]: counts(3),
        [`${metricNames.orders}{job="backend",state="cancelled"}`]: counts(100),
        [`${metricNames.orders}{job="worker",state="failed"}`]: counts(1),
      },
      labels: {},
      value: 25,
    },
  };
}

/** Of a host's processors, all of them together. */
export function cpuPercent({ alerts: { timing } }: Settings): Recording {
  const time = formatDuration(timing.warning.window);
  return {
    name: `instance:node_cpu:busy_percent_${time}`,
    category: "infrastructure",
    expression: `100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[${time}])))`,
    example: {
      state: {
        'node_cpu_seconds_total{instance="a",cpu="0",mode="idle"}': counts(0.5),
        'node_cpu_seconds_total{instance="a",cpu="1",mode="idle"}': counts(0.1),
        'node_cpu_seconds_total{instance="a",cpu="1",mode="user"}': counts(0.9),
      },
      labels: { instance: "a" },
      value: 70,
    },
  };
}

/** Of a host's memory, what the kernel could not give away. */
export const memoryPercent: Recording = {
  name: "instance:node_memory:used_percent",
  category: "infrastructure",
  expression: "100 * (1 - max by (instance) (node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes))",
  example: {
    state: {
      'node_memory_MemAvailable_bytes{instance="a"}': holds(250),
      'node_memory_MemTotal_bytes{instance="a"}': holds(1000),
    },
    labels: { instance: "a" },
    value: 75,
  },
};
