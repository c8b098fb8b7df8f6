import { formatDuration, hours, minutes, seconds } from "../workload/index.ts";
import type { Alert, Watched } from "./alert.ts";
import { holds, moves, type State } from "./behaviour.ts";
import { humanizedDuration, oneDecimal } from "./behaviour-text.ts";
import { ofHosts } from "./infrastructure.ts";
import { thresholdsOf } from "./thresholds.ts";

/** Of the hosts' file systems, as node-exporter sees them. */
export const diskAlerts = (watched: Watched): readonly Alert[] => [lowDiskSpace(watched), diskFullSoon(watched)];

/** In memory, full by design, or another view of a disk that is counted already. */
const counted = '{fstype!~"tmpfs|ramfs|overlay|squashfs|iso9660"}';
const isWritable = "node_filesystem_readonly == 0";

const disk = { instance: "a", mountpoint: "/data", fstype: "ext4" };
const labelsOf = ({ instance, mountpoint, fstype }: typeof disk): string =>
  `{instance="${instance}",mountpoint="${mountpoint}",fstype="${fstype}"}`;

function lowDiskSpace({ settings: { alerts } }: Watched): Alert {
  const limit = thresholdsOf(alerts, "LowDiskSpace").diskFreePercent;
  const free = (percent: number, fstype = disk.fstype, readonly = 0): State => {
    const labels = labelsOf({ ...disk, fstype });
    return {
      [`node_filesystem_avail_bytes${labels}`]: holds(100 * percent),
      [`node_filesystem_size_bytes${labels}`]: holds(10_000),
      [`node_filesystem_readonly${labels}`]: holds(readonly),
    };
  };
  return {
    ...ofHosts,
    name: "LowDiskSpace",
    expression: `100 * node_filesystem_avail_bytes${counted} / node_filesystem_size_bytes < ${limit} and ${isWritable}`,
    for: alerts.timing.warning.for,
    summary: '{{ $labels.mountpoint }} on {{ $labels.instance }} has {{ printf "%.1f" $value }} % left',
    description: `A file system has less than ${limit} % left; when full, databases stop.`,
    behaviour: {
      calm: free(1.1 * limit),
      fault: free(0.9 * limit),
      tells: [{ labels: disk, summary: `/data on a has ${oneDecimal(0.9 * limit)} % left` }],
      cases: [
        { name: "full, but in memory", state: free(0, "tmpfs"), tells: [] },
        { name: "full, but read-only", state: free(0, "ext4", 1), tells: [] },
      ],
    },
  };
}

/** Over this time a disk's pace is measured; what is filled at once and then no more is none. */
const pace = hours(1);

function diskFullSoon({ settings: { alerts } }: Watched): Alert {
  const { window, for: lasting } = alerts.timing.warning;
  const limit = thresholdsOf(alerts, "DiskFullSoon").diskFullWithin.seconds;
  const labels = labelsOf(disk);
  const filling = (time: string) => `-deriv(node_filesystem_avail_bytes${counted}[${time}]) > 0`;
  const crossing = seconds(0.1 * limit + 60);
  // A byte a second: bytes left are seconds left.
  const start = limit + crossing.seconds - 30;
  const writable = { [`node_filesystem_readonly${labels}`]: holds(0) };
  const steady = { ...writable, [`node_filesystem_avail_bytes${labels}`]: holds(start) };
  const left = limit + 30 - 60 - lasting.seconds;
  return {
    ...ofHosts,
    name: "DiskFullSoon",
    expression: `node_filesystem_avail_bytes${counted} / (${filling(formatDuration(pace))}) < ${limit} and ${filling(formatDuration(window))} and ${isWritable}`,
    window: pace,
    forgets: window,
    for: lasting,
    summary: "{{ $labels.mountpoint }} on {{ $labels.instance }} is full in {{ $value | humanizeDuration }}",
    description: `At the pace of the last hour a file system is full in less than ${humanizedDuration(limit)}.`,
    behaviour: {
      calm: steady,
      fault: { ...writable, [`node_filesystem_avail_bytes${labels}`]: moves(start, -1) },
      onset: crossing,
      tells: [{ labels: disk, summary: `/data on a is full in ${humanizedDuration(left)}` }],
      cases: [
        {
          name: "filled at once, and then no more",
          earlier: { ...writable, [`node_filesystem_avail_bytes${labels}`]: holds(start * 2) },
          state: steady,
          lasts: minutes(20),
          tells: [],
        },
        {
          name: "read-only",
          state: {
            [`node_filesystem_readonly${labels}`]: holds(1),
            [`node_filesystem_avail_bytes${labels}`]: moves(start / 2, -1),
          },
          tells: [],
        },
      ],
    },
  };
}
