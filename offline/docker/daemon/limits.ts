import type Docker from "dockerode";
import { list, number, object, type Properties, type Value } from "../../value.ts";
import { asBytes, asText } from "./values.ts";

/** The limits that a daemon changes on a container that runs, as creation and `docker update` both take them. */
export function limits(inputs: Properties) {
  const memory = asBytes(inputs.memory);
  return {
    Memory: memory,
    MemoryReservation: asBytes(inputs.memoryReservation),
    MemorySwap: memorySwap(inputs.memorySwap),
    CpuShares: number(inputs.cpuShares),
    CpuPeriod: number(inputs.cpuPeriod),
    CpuQuota: number(inputs.cpuQuota),
    CpusetCpus: asText(inputs.cpuSet),
    BlkioDeviceReadBps: throttles(inputs.deviceReadBps),
    BlkioDeviceReadIOps: throttles(inputs.deviceReadIops),
    BlkioDeviceWriteBps: throttles(inputs.deviceWriteBps),
    BlkioDeviceWriteIOps: throttles(inputs.deviceWriteIops),
  };
}

/** When the daemon starts the container again; at most so many times only on failure. */
export const restartPolicy = ({ restart, maxRetryCount }: Properties): Docker.HostRestartPolicy => ({
  Name: asText(restart) ?? "no",
  MaximumRetryCount: number(maxRetryCount) ?? 0,
});

/**
 * What `docker update` is told. Where the swap is not given, it is what the daemon takes at creation, twice the memory:
 * it would refuse memory above the swap of before.
 */
export function updateOptions(inputs: Properties) {
  const all = limits(inputs);
  const swap = all.MemorySwap ?? (all.Memory === undefined ? undefined : all.Memory * 2);
  return { ...all, MemorySwap: swap, RestartPolicy: restartPolicy(inputs) };
}

/** MiB with the memory in it; -1 is without limit. */
function memorySwap(value: Value | undefined): number | undefined {
  const mebibytes = number(value);
  return mebibytes === undefined || mebibytes <= 0 ? mebibytes : asBytes(mebibytes);
}

function throttles(value: Value | undefined): { readonly Path: string; readonly Rate: number }[] | undefined {
  const devices = list(value).map((it) => ({
    Path: asText(object(it).path) ?? "",
    Rate: number(object(it).rate) ?? 0,
  }));
  return devices.length === 0 ? undefined : devices;
}
