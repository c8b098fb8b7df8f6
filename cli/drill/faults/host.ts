import { setTimeout as delay } from "node:timers/promises";
import type Docker from "dockerode";
import type { Fault } from "../drill.ts";
import type { Helper } from "../helpers.ts";

/** Ends by itself after an hour, whatever becomes of who started it. */
const forAnHour = ["timeout", "3600"] as const;

/** One that never ends for each processor, with the least weight among what runs beside them. */
const burner = `
const { Worker } = require("node:worker_threads");
const { availableParallelism } = require("node:os");
for (let n = 0; n < availableParallelism(); n += 1) new Worker("require('node:os').setPriority(19); for (;;);", { eval: true });
`;

/** With the least weight that there is: busy for whoever measures, out of the way for whoever works. */
export const burning: Helper = { words: [...forAnHour, "node", "-e", burner], host: { CpuShares: 2 } };

export const busyProcessor: Fault = {
  what: "programs burn the host's CPU",
  set: ({ helpers }) => helpers.start("HighCpuUsage", burning),
  repair: ({ helpers }) => helpers.remove("HighCpuUsage"),
};

/** Takes memory until so much of the host's is used, gives back what others need, and is the first to be killed. */
const eater = (percent: number): string => `
const { readFileSync } = require("node:fs");
const taken = [];
const used = () => {
  const text = readFileSync("/proc/meminfo", "utf8");
  const figure = (name) => Number(new RegExp(name + ": +(\\\\d+)").exec(text)[1]);
  return 100 * (1 - figure("MemAvailable") / figure("MemTotal"));
};
setInterval(() => {
  for (let turn = 0; turn < 8 && used() < ${percent}; turn += 1) taken.push(Buffer.alloc(64 * 2 ** 20, 1));
  if (used() > ${percent + 1} && taken.pop() !== undefined) gc();
}, 100);
`;

/** Of the host's memory, in percent: a container sees the figures of its host. */
function usedPercent(meminfo: string): number {
  const figure = (name: string): number => Number(new RegExp(`^${name}: +(\\d+)`, "m").exec(meminfo)?.[1]);
  return 100 * (1 - figure("MemAvailable") / figure("MemTotal"));
}

/** Seconds for the memory to be taken, on a host that has much of it, or much to do. */
const taking = 120;

/** With the usual weight: with the least, a busy host gives it no time to take anything. */
export const eatenMemory: Fault = {
  what: "a program eats the host's memory",
  set: async ({ helpers, run, settings }) => {
    const { memoryPercent } = settings.alerts.thresholds;
    await helpers.start("HighMemoryUsage", {
      words: [...forAnHour, "node", "--expose-gc", "-e", eater(memoryPercent + 2)],
      host: { OomScoreAdj: 1000 },
    });
    for (let waited = 0; waited < taking; waited += 1) {
      if (usedPercent(await run("backend", ["cat", "/proc/meminfo"])) > memoryPercent) return;
      await delay(1_000);
    }
    throw new Error(`after ${taking} s, less than ${memoryPercent} % of the host's memory is used`);
  },
  repair: ({ helpers }) => helpers.remove("HighMemoryUsage"),
};

const disk = "/var/tmp/trading-platform-drill";

/**
 * In the mount namespace of the daemon's host, with its programs: process 1 is the host's own, or where that is shielded
 * (a virtual machine's agent) the daemon.
 */
const onHost = (script: string): readonly string[] => [
  ...["sh", "-c"],
  'for process in 1 $(pidof dockerd); do nsenter -t $process -m true 2>/dev/null && break; done; exec nsenter -t $process -m -- sh -c "$0"',
  script,
];

/** What mounting a loop device takes, and no more. */
const mounting: Docker.HostConfig = {
  PidMode: "host",
  CapDrop: ["ALL"],
  CapAdd: ["SYS_ADMIN", "SYS_CHROOT", "SYS_PTRACE", "DAC_OVERRIDE", "MKNOD"],
  SecurityOpt: ["apparmor=unconfined", "seccomp=unconfined"],
  // Loop devices, and what makes them.
  DeviceCgroupRules: ["b 7:* rwm", "c 10:237 rwm"],
};

const remove = `umount ${disk} 2>/dev/null; rm -rf ${disk} ${disk}.img`;

export const fullDisk: Fault = {
  what: "a disk of the host is full",
  set: async ({ helpers, run, restart }) => {
    const script = [
      `${remove}; set -e`,
      `mkdir -p ${disk}; truncate -s 64M ${disk}.img; mkfs.ext4 -q -F ${disk}.img; mount -o loop ${disk}.img ${disk}`,
      // Until there is no room.
      `dd if=/dev/zero of=${disk}/full bs=1M 2>/dev/null || true`,
    ].join("\n");
    await helpers.run("LowDiskSpace", { words: onHost(script), host: mounting, user: "0:0" });
    // Where the host does not share its mounts, only what was there at its start is seen.
    const seen = await run("node-exporter", ["cat", "/proc/self/mounts"]);
    if (!seen.includes(disk)) await restart("node-exporter");
  },
  repair: ({ helpers }) =>
    helpers.run("LowDiskSpace", { words: onHost(`${remove}; true`), host: mounting, user: "0:0" }),
};
