import { alertPanel } from "./alert-panel.ts";
import { type Dashboard, lines, rateWindow, type Shown, where } from "./dashboard.ts";

const chosen = 'instance=~"$instance"';

/** The hosts, as node-exporter sees them. */
export const hostsDashboard = (shown: Shown): Dashboard => ({
  uid: "infrastructure",
  title: "Hosts",
  description: "CPU, memory, disks, clocks and network of the hosts, and certificates.",
  variables: [
    {
      kind: "label",
      name: "instance",
      title: "Host",
      source: "prometheus",
      label: "instance",
      of: "node_memory_MemTotal_bytes",
    },
  ],
  rows: [
    { title: "What pages", panels: whatPages(shown) },
    { title: "Work", panels: where(shown, "node-exporter", ...work) },
  ],
});

const whatPages = (shown: Shown) => [
  ...alertPanel(shown, "HighCpuUsage", { title: "CPU", unit: "percent", legends: ["{{instance}}"] }),
  ...alertPanel(shown, "HighMemoryUsage", { title: "Memory", unit: "percent", legends: ["{{instance}}"] }),
  ...alertPanel(shown, "LowDiskSpace", {
    title: "Space left",
    unit: "percent",
    legends: ["{{instance}} {{mountpoint}}"],
  }),
  ...alertPanel(shown, "DiskFullSoon", {
    title: "Full in",
    unit: "s",
    legends: ["{{instance}} {{mountpoint}}"],
  }),
  ...alertPanel(shown, "ClockSkew", { title: "Clocks are wrong by", unit: "s", legends: ["{{instance}}"] }),
  ...alertPanel(shown, "CertificateExpiring", {
    title: "Days until the certificate ends",
    unit: "short",
    legends: ["days"],
  }),
  ...alertPanel(shown, "MemberCertificateExpiring", {
    title: "Days until a member's certificate ends",
    unit: "short",
    legends: ["{{certificate}}"],
  }),
];

const work = [
  lines(
    {
      title: "Load",
      unit: "short",
      description: "Processes that run or want to, of the last minute; compare it with the processors.",
    },
    [`max by (instance) (node_load1{${chosen}})`, "{{instance}}"],
    [`count by (instance) (node_cpu_seconds_total{${chosen},mode="idle"})`, "processors of {{instance}}"],
  ),
  lines(
    {
      title: "CPU by what it does",
      unit: "percent",
      description: "iowait waits for a disk; steal was taken by other machines of the same host.",
    },
    [`100 * avg by (mode) (rate(node_cpu_seconds_total{${chosen},mode!="idle"}[${rateWindow}]))`, "{{mode}}"],
  ),
  lines({ title: "Memory available", unit: "bytes", description: "What programs can still get." }, [
    `max by (instance) (node_memory_MemAvailable_bytes{${chosen}})`,
    "{{instance}}",
  ]),
  lines(
    { title: "Disks at work", unit: "percent", description: "Share of the time in which a disk had something to do." },
    [
      `100 * max by (instance, device) (rate(node_disk_io_time_seconds_total{${chosen}}[${rateWindow}]))`,
      "{{instance}} {{device}}",
    ],
  ),
  lines({ title: "Network received", unit: "binBps", description: "By interface, without the containers' own." }, [
    `sum by (instance, device) (rate(node_network_receive_bytes_total{${chosen},device!~"lo|veth.*"}[${rateWindow}]))`,
    "{{instance}} {{device}}",
  ]),
  lines({ title: "Network sent", unit: "binBps", description: "By interface, without the containers' own." }, [
    `sum by (instance, device) (rate(node_network_transmit_bytes_total{${chosen},device!~"lo|veth.*"}[${rateWindow}]))`,
    "{{instance}} {{device}}",
  ]),
] as const;
