import { minimumReplicas } from "../workload/index.ts";
import type { Alert, Watched } from "./alert.ts";
import { counts, gone, holds, idle, type State, up } from "./behaviour.ts";
import { humanizedDuration, oneDecimal } from "./behaviour-text.ts";
import { afterAllWasKilled, present } from "./present.ts";
import { errorPercent, responseTimeP95 } from "./recordings.ts";
import { thresholdsOf } from "./thresholds.ts";

export const applicationAlerts = (watched: Watched): readonly Alert[] => [
  highErrorRate(watched),
  slowResponseTime(watched),
  backendDown(watched),
  ...backendInstanceMissing(watched),
  ...siteUnreachable(watched),
];

const common = { category: "application", team: "trading", service: "backend" } as const;

/** A hundred requests a second, of which so many fail. */
export const traffic = (requests: string, failed: number): State => ({
  [`${requests}{job="backend",instance="a",status="200"}`]: counts(60 - failed / 2),
  [`${requests}{job="backend",instance="b",status="200"}`]: counts(40 - failed / 2),
  [`${requests}{job="backend",instance="a",status="500"}`]: counts(failed / 2),
  [`${requests}{job="backend",instance="b",status="503"}`]: counts(failed / 2),
});

function highErrorRate({ settings }: Watched): Alert {
  const { alerts, backend } = settings;
  const { requests } = backend.metricNames;
  const { window, for: lasting } = alerts.timing.critical;
  const { errorRatePercent: limit } = thresholdsOf(alerts, "HighErrorRate");
  const calm = traffic(requests, 0.9 * limit);
  return {
    ...common,
    name: "HighErrorRate",
    severity: "critical",
    expression: `${errorPercent(settings, window).name} > ${limit}`,
    window,
    for: lasting,
    summary: '{{ printf "%.1f" $value }} % of requests fail',
    description: `More than ${limit} % of the backend's answers are 5xx: customers see errors and orders may be lost.`,
    behaviour: {
      calm,
      fault: traffic(requests, 1.1 * limit),
      outage: traffic(requests, 80),
      tells: [{ summary: `${oneDecimal(1.1 * limit)} % of requests fail` }],
      cases: [
        { name: "no traffic", state: idle(calm), tells: [] },
        {
          name: "errors of a client",
          state: { ...calm, [`${requests}{job="backend",instance="a",status="429"}`]: counts(100) },
          tells: [],
        },
      ],
    },
  };
}

function slowResponseTime({ settings }: Watched): Alert {
  const { alerts, backend } = settings;
  const buckets = `${backend.metricNames.requestDuration}_bucket`;
  const { window, for: lasting } = alerts.timing.warning;
  const limit = thresholdsOf(alerts, "SlowResponseTime").responseTimeP95.seconds;
  // Between the buckets of 0.8 and 1.2 times the limit, the 95th percentile follows from how many are below the first.
  const answers = (fast: number): State => ({
    [`${buckets}{job="backend",instance="a",le="${0.8 * limit}"}`]: counts(fast),
    [`${buckets}{job="backend",instance="a",le="${1.2 * limit}"}`]: counts(150),
    [`${buckets}{job="backend",instance="a",le="+Inf"}`]: counts(150),
  });
  return {
    ...common,
    name: "SlowResponseTime",
    severity: "warning",
    expression: `${responseTimeP95(settings).name} > ${limit}`,
    window,
    for: lasting,
    summary: "One request in twenty takes longer than {{ $value | humanizeDuration }}",
    description: `The 95th percentile of the backend's response time is above ${limit} s.`,
    behaviour: {
      calm: answers(140),
      fault: answers(120),
      outage: answers(0),
      tells: [{ summary: `One request in twenty takes longer than ${humanizedDuration(1.1 * limit)}` }],
      cases: [{ name: "no traffic", state: idle(answers(140)), tells: [] }],
    },
  };
}

function backendDown({ settings }: Watched): Alert {
  const { for: lasting } = settings.alerts.timing.critical;
  const tells = [{ summary: "No backend answers" }];
  return {
    ...common,
    name: "BackendDown",
    severity: "critical",
    // A target that vanished from discovery is down, not silent.
    expression: `(sum(${present('up{job="backend"}', settings)}) or vector(0)) == 0`,
    for: lasting,
    summary: "No backend answers",
    description: "Prometheus reaches no instance of the backend: customers cannot trade.",
    behaviour: {
      calm: up("backend", 1, 0),
      fault: up("backend", 0, 0),
      tells,
      withoutData: tells,
      cases: [
        { name: "vanished from discovery", state: up("backend", gone, gone), tells },
        afterAllWasKilled((instance) => `up{job="backend",instance="${instance}"}`, lasting, settings, tells),
      ],
    },
  };
}

function backendInstanceMissing({ settings }: Watched): readonly Alert[] {
  const { alerts, backend } = settings;
  const wanted = minimumReplicas(backend.scaling);
  if (wanted < 2) return [];
  const answering = `sum(${present('up{job="backend"}', settings)})`;
  const instances = (count: number) => up("backend", ...Array.from({ length: count }, () => 1));
  const tells = [{ summary: `${wanted - 1} of ${wanted} backends answer` }];
  return [
    {
      ...common,
      name: "BackendInstanceMissing",
      severity: "warning",
      // None at all is BackendDown.
      expression: `${answering} < ${wanted} and ${answering} > 0`,
      for: alerts.timing.warning.for,
      summary: `{{ $value }} of ${wanted} backends answer`,
      description: `Fewer than ${wanted} instances of the backend answer: customers are served, with less in reserve.`,
      behaviour: {
        calm: instances(wanted),
        fault: { ...instances(wanted), ...up("backend", 0) },
        tells,
        cases: [
          { name: "vanished from discovery", state: instances(wanted - 1), tells },
          { name: "none is left", state: up("backend", 0, 0), tells: [] },
        ],
      },
    },
  ];
}

function siteUnreachable({ settings: { alerts, domain }, jobs }: Watched): readonly Alert[] {
  if (!jobs.includes("site")) return [];
  const tells = [{ summary: `${domain} cannot be reached` }];
  return [
    {
      ...common,
      service: "gateway",
      name: "SiteUnreachable",
      severity: "critical",
      expression: '(max(probe_success{job="site"}) or vector(0)) == 0',
      for: alerts.timing.critical.for,
      summary: `${domain} cannot be reached`,
      description:
        "A request from outside, by the public name, gets no good answer: customers see an error or nothing.",
      behaviour: {
        calm: { 'probe_success{job="site",instance="a"}': holds(1) },
        fault: { 'probe_success{job="site",instance="a"}': holds(0) },
        tells,
        withoutData: tells,
      },
    },
  ];
}
