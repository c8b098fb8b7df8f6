import { at, entries, flag, isAbsent, isUnknown, type Node, number, text } from "./values.ts";

/** An answer that unknown values may still change; they are `undecided`. */
export interface Answer {
  readonly is: boolean;
  readonly undecided: readonly Node[];
}

/**
 * Whether a container may end: it is waited for (`attach`) or not required to run on (`mustRun: false`), and not
 * restarted whenever it ends.
 */
export function oneShot(container: Node): Answer {
  const restart = at(container, "restart");
  if (["always", "unless-stopped"].includes(text(restart) ?? "")) return { is: false, undecided: [] };
  const attach = at(container, "attach");
  const mustRun = at(container, "mustRun");
  const mayEnd = flag(attach) === true || flag(mustRun) === false;
  const undecided = (mayEnd ? [restart] : [attach, mustRun]).filter(isUnknown);
  return { is: mayEnd && undecided.length === 0, undecided };
}

/**
 * Whether two of it can run side by side: no fixed host port, no volume that both would write to, not on the host's
 * own network. Otherwise the old one has to stop first.
 */
export function runsBeside(container: Node): Answer {
  const lists = ["ports", "volumes", "mounts"].map((key) => at(container, key));
  const [ports, volumes, mounts] = lists.map(entries);
  const hostPorts = (ports ?? []).map((port) => at(port, "external"));
  const writable = [...(volumes ?? []), ...(mounts ?? []).filter((mount) => text(at(mount, "type")) !== "tmpfs")].map(
    (volume) => at(volume, "readOnly"),
  );
  const network = at(container, "networkMode");
  const isTaken =
    hostPorts.some((port) => (number(port) ?? 0) > 0) ||
    writable.some((readOnly) => !isUnknown(readOnly) && flag(readOnly) !== true) ||
    text(network) === "host";
  const undecided = isTaken ? [] : [...lists, ...hostPorts, ...writable, network].filter(isUnknown);
  return { is: !isTaken && undecided.length === 0, undecided };
}

/** Whether the daemon starts it again when it ends; `no` is the default. */
export function isRestarted(restart: Node): boolean {
  return !isAbsent(restart) && text(restart) !== "no" && text(restart) !== "";
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** Seconds of a duration as Go writes it, `1m30s`; undefined where it is none. */
export function seconds(duration: Node): number | undefined {
  const source = text(duration);
  if (source === undefined || !/^(0|(\d+(\.\d+)?(h|ms|m|s|us|µs|ns))+)$/.test(source)) return undefined;
  const parts = [...source.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ""] ?? 0), 0);
}
