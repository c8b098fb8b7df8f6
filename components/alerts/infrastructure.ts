import type { Settings } from "../settings.ts";
import { minutes } from "../workload/index.ts";
import type { Alert } from "./alert.ts";

/** File systems that cannot fill in a way that harms, or are full by design. */
const countedFileSystems = '{fstype!~"tmpfs|ramfs|overlay|squashfs|iso9660"}';

export function infrastructureAlerts({ alerts: { thresholds } }: Settings): readonly Alert[] {
  const { cpuPercent, memoryPercent, diskFreePercent } = thresholds;
  return [
    {
      name: "HighCpuUsage",
      category: "infrastructure",
      severity: "warning",
      expression: `100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))) > ${cpuPercent}`,
      for: minutes(10),
      summary: "{{ $labels.instance }} uses {{ $value | humanize }} % of its CPU",
      description: `The host's CPU has been busier than ${cpuPercent} % for ten minutes.`,
    },
    {
      name: "HighMemoryUsage",
      category: "infrastructure",
      severity: "warning",
      expression: `100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes) > ${memoryPercent}`,
      for: minutes(5),
      summary: "{{ $labels.instance }} uses {{ $value | humanize }} % of its memory",
      description: `Less than ${100 - memoryPercent} % of the host's memory is available.`,
    },
    {
      name: "LowDiskSpace",
      category: "infrastructure",
      severity: "warning",
      expression: `100 * node_filesystem_avail_bytes${countedFileSystems} / node_filesystem_size_bytes < ${diskFreePercent} and node_filesystem_readonly == 0`,
      for: minutes(5),
      summary: "{{ $labels.mountpoint }} on {{ $labels.instance }} has {{ $value | humanize }} % left",
      description: `A file system has less than ${diskFreePercent} % left.`,
    },
  ];
}
