import { certificateJobName } from "../protection.ts";
import { seconds } from "../workload/index.ts";
import type { Alert, Watched } from "./alert.ts";
import { counts, holds, type State } from "./behaviour.ts";
import { humanizedDuration, oneDecimal } from "./behaviour-text.ts";
import { cpuPercent, memoryPercent } from "./recordings.ts";
import { thresholdsOf } from "./thresholds.ts";

/** Of the hosts themselves, as node-exporter sees them, and of certificates: the public one, and the members'. */
export const infrastructureAlerts = (watched: Watched): readonly Alert[] => [
  highCpuUsage(watched),
  highMemoryUsage(watched),
  clockSkew(watched),
  ...certificateExpiring(watched),
  ...memberCertificateExpiring(watched),
];

/** What alerts of hosts have in common. */
export const ofHosts = {
  category: "infrastructure",
  team: "platform",
  service: "node-exporter",
  severity: "warning",
} as const;

/** Labels that a query by host returns. */
const host = { instance: "a" };

function highCpuUsage({ settings }: Watched): Alert {
  const { alerts } = settings;
  const { window, for: lasting } = alerts.timing.warning;
  const limit = thresholdsOf(alerts, "HighCpuUsage").cpuPercent;
  const busy = (percent: number): State => ({
    'node_cpu_seconds_total{instance="a",cpu="0",mode="idle"}': counts(1 - percent / 100),
    'node_cpu_seconds_total{instance="a",cpu="0",mode="user"}': counts(percent / 100),
    'node_cpu_seconds_total{instance="a",cpu="1",mode="idle"}': counts(1 - percent / 100),
    'node_cpu_seconds_total{instance="a",cpu="1",mode="user"}': counts(percent / 100),
  });
  return {
    ...ofHosts,
    name: "HighCpuUsage",
    expression: `${cpuPercent(settings).name} > ${limit}`,
    window,
    for: lasting,
    summary: '{{ $labels.instance }} uses {{ printf "%.1f" $value }} % of its CPU',
    description: `The host's CPU is busier than ${limit} %: what runs on it becomes slow.`,
    behaviour: {
      calm: busy(0.9 * limit),
      fault: busy(1.1 * limit),
      outage: busy(100),
      tells: [{ labels: host, summary: `a uses ${oneDecimal(1.1 * limit)} % of its CPU` }],
    },
  };
}

function highMemoryUsage({ settings: { alerts } }: Watched): Alert {
  const limit = thresholdsOf(alerts, "HighMemoryUsage").memoryPercent;
  const used = (percent: number): State => ({
    'node_memory_MemAvailable_bytes{instance="a"}': holds(10_000 - 100 * percent),
    'node_memory_MemTotal_bytes{instance="a"}': holds(10_000),
  });
  return {
    ...ofHosts,
    name: "HighMemoryUsage",
    expression: `${memoryPercent.name} > ${limit}`,
    for: alerts.timing.warning.for,
    summary: '{{ $labels.instance }} uses {{ printf "%.1f" $value }} % of its memory',
    description: `Less than ${100 - limit} % of the host's memory is available: soon the kernel kills what it likes.`,
    behaviour: {
      calm: used(0.9 * limit),
      fault: used(1.1 * limit),
      tells: [{ labels: host, summary: `a uses ${oneDecimal(1.1 * limit)} % of its memory` }],
    },
  };
}

/**
 * The kernel's own reckoning of how wrong its clock may be: half a millisecond more each second in which nobody sets it. Who
 * sets it at least every half an hour stays near a second.
 */
const unsetFrom = seconds(5);

function clockSkew({ settings: { alerts, environment } }: Watched): Alert {
  const limit = thresholdsOf(alerts, "ClockSkew").clockOffset.seconds;
  const unset = Math.max(unsetFrom.seconds, limit);
  const [offset, most] = ["node_timex_offset_seconds", "node_timex_maxerror_seconds"];
  // chrony, which Amazon Linux and Red Hat have, tells the kernel of no offset: it is 0 whatever the clock shows, and after
  // chrony's death. A developer's machine may have no time server, and that is no incident.
  const isSet = environment !== "development";
  const clock = (away: number, error = 1): State => ({
    [`${offset}{instance="a"}`]: holds(away),
    [`${most}{instance="a"}`]: holds(error),
  });
  const tells = (away: number) => [
    { labels: host, summary: `The clock of a may be wrong by ${humanizedDuration(away)}` },
  ];
  return {
    ...ofHosts,
    name: "ClockSkew",
    expression: `max by (instance) (abs(${offset})${isSet ? ` + ${most} * (${most} > bool ${unset})` : ""}) > ${limit}`,
    for: alerts.timing.warning.for,
    summary: "The clock of {{ $labels.instance }} may be wrong by {{ $value | humanizeDuration }}",
    description: `A host's clock is more than ${humanizedDuration(limit)} away from its time server${isSet ? ", or nobody sets it" : ""}: exchanges refuse signed requests, and logs are out of order.`,
    behaviour: {
      calm: clock(0.9 * limit),
      fault: clock(-1.1 * limit),
      tells: tells(1.1 * limit),
      cases: isSet
        ? [
            { name: "nobody sets it", state: clock(0, 1.1 * unset), tells: tells(1.1 * unset) },
            { name: "it is set, though not often", state: clock(0, 0.9 * unset), tells: [] },
          ]
        : [],
    },
  };
}

function certificateExpiring({ settings: { alerts, domain }, jobs }: Watched): readonly Alert[] {
  // A developer's own certificate never leaves the laptop.
  if (!jobs.includes("site") || domain === "localhost") return [];
  const days = thresholdsOf(alerts, "CertificateExpiring").certificateRemaining.seconds / 86_400;
  const valid = (until: number): State => ({
    'probe_ssl_earliest_cert_expiry{job="site",instance="a"}': holds(until * 86_400),
  });
  return [
    {
      ...ofHosts,
      service: "gateway",
      name: "CertificateExpiring",
      expression: `min((probe_ssl_earliest_cert_expiry{job="site"} - time()) / 86400) < ${days}`,
      for: alerts.timing.warning.for,
      summary: `The certificate of ${domain} is valid for {{ printf "%.1f" $value }} more days`,
      description: `The public certificate ends in less than ${days} days and was not renewed by itself: then no customer gets in.`,
      behaviour: {
        calm: valid(1.1 * days),
        fault: valid(0.9 * days),
        tells: [{ summary: `The certificate of ${domain} is valid for ${oneDecimal(0.9 * days - 0.01)} more days` }],
      },
    },
  ];
}

/** Who tells when certificates of members end; nobody where there are none. */
function certificateEnds({ settings: { backend, mtls }, jobs }: Watched): readonly CertificateEnds[] {
  const own = backend.metricNames.certificateEnd;
  return [
    // Of mTLS: backend and worker tell when their own ends, the stores', and those that clients show them.
    ...(mtls && jobs.includes("backend")
      ? [
          {
            expression: `${own}{job=~"backend|worker"}`,
            certificate: "database",
            series: `${own}{job="backend",instance="a",certificate="database"}`,
            // Another one, and the same as somebody else saw it before.
            others: [
              `${own}{job="backend",instance="a",certificate="backend"}`,
              `${own}{job="worker",instance="b",certificate="database"}`,
            ],
          },
        ]
      : []),
    ...(mtls && jobs.includes("backup")
      ? [
          {
            expression: "backup_certificate_end_timestamp_seconds",
            certificate: "backup",
            series: 'backup_certificate_end_timestamp_seconds{job="backup",instance="b",certificate="backup"}',
          },
        ]
      : []),
    ...(jobs.includes(certificateJobName)
      ? [
          {
            expression: `probe_ssl_earliest_cert_expiry{job="${certificateJobName}"}`,
            certificate: "alertmanager",
            series: `probe_ssl_earliest_cert_expiry{job="${certificateJobName}",instance="c",certificate="alertmanager"}`,
          },
        ]
      : []),
  ];
}

interface CertificateEnds {
  /** Seconds since 1970, by the label `certificate`. */
  readonly expression: string;
  /** One that it tells of, and its series. */
  readonly certificate: string;
  readonly series: string;
  readonly others?: readonly string[];
}

function memberCertificateExpiring(watched: Watched): readonly Alert[] {
  const { alerts } = watched.settings;
  const sources = certificateEnds(watched);
  const [first] = sources;
  if (first === undefined) return [];
  const ends = sources.map(({ expression }) => expression).join(" or ");
  const days = thresholdsOf(alerts, "MemberCertificateExpiring").memberCertificateRemaining.seconds / 86_400;
  /** All are good for long but one. */
  const valid = (one: CertificateEnds, until: number): State =>
    Object.fromEntries(
      sources
        .flatMap(({ series, others = [] }) => [series, ...others])
        .map((series) => [series, holds((series === one.series ? until : 90) * 86_400)]),
    );
  const tells = ({ certificate }: CertificateEnds) => [
    {
      labels: { certificate, service: certificate },
      summary: `The certificate of ${certificate} is valid for ${oneDecimal(0.9 * days - 0.01)} more days`,
    },
  ];
  return [
    {
      ...ofHosts,
      service: "{{ $labels.certificate }}",
      name: "MemberCertificateExpiring",
      expression: `min by (certificate) ((${sources.length > 1 ? `(${ends})` : ends} - time()) / 86400) < ${days}`,
      for: alerts.timing.warning.for,
      summary: 'The certificate of {{ $labels.certificate }} is valid for {{ printf "%.1f" $value }} more days',
      description: `The certificate by which other members know this one ends in less than ${days} days: then they refuse it, and what goes through it stops.`,
      behaviour: {
        calm: valid(first, 1.1 * days),
        fault: valid(first, 0.9 * days),
        tells: tells(first),
        cases: sources.slice(1).map((source) => ({
          name: `the one of ${source.certificate}`,
          state: valid(source, 0.9 * days),
          tells: tells(source),
        })),
      },
    },
  ];
}
