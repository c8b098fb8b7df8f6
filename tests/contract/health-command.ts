import type { ObservedProbe } from "./observed.ts";

/** What a health command asks, and with what; `patience`: its own time limit in seconds, null where it names none. */
export type HealthCommand = Pick<ObservedProbe, "check" | "by"> & { readonly patience: number | null };

/** Turns a health command back into what it asks; `hasBinary`: the probe binary is where it is called. */
export function readHealthCommand(words: readonly string[], hasBinary: boolean): HealthCommand {
  const [program, ...rest] = words;
  const last = rest.at(-1) ?? "";
  if (program === "wget") return { check: urlText(last), by: "wget", patience: Number(rest[rest.indexOf("-T") + 1]) };
  if (program === "/probe/probe") {
    if (!hasBinary) return { check: "the probe binary is missing", by: "probe-binary", patience: null };
    const [kind, address = ""] = rest;
    const check = kind === "tcp" ? `tcp ${address.split(":").at(-1)}` : urlText(address);
    return { check, by: "probe-binary", patience: Number(last) };
  }
  return { check: ["command", ...words].join(" "), by: "command", patience: null };
}

/** The time limit that holds: the runtime's, which the command's own must not contradict. */
export const timeoutOf = ({ patience }: HealthCommand, seconds: number): number =>
  patience === null || patience === seconds ? seconds : Number.NaN;

function urlText(address: string): string {
  const [, port, path] = /^http:\/\/127\.0\.0\.1:(\d+)(\/.*)$/.exec(address) ?? [];
  return port === undefined ? `not understood: ${address}` : `http ${port} ${path}`;
}

/** Seconds of `5s`, `1m30s`, `1h0m0s`. */
export function secondsOf(duration: string): number {
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };
  return [...duration.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ""] ?? Number.NaN),
    0,
  );
}
