import { table } from "../console/table.ts";
import type { Checked } from "./check.ts";

/** The table, and below it how to set what is missing. */
export function secretsText(checked: readonly Checked[]): string {
  const rows = checked.map(({ secret, verdict, place, since, remark }) => [
    secret,
    verdict,
    place,
    since?.slice(0, 10) ?? "",
    remark,
  ]);
  const remedies = checked.filter(({ remedy }) => remedy !== "").map(({ secret, remedy }) => `${secret}: ${remedy}`);
  return [
    table([["secret", "is", "held in", "since", ""], ...rows]),
    ...(remedies.length === 0 ? [] : ["", "to set:", ...remedies.map((line) => `  ${line}`)]),
  ].join("\n");
}

export const secretsJson = (stack: string, checked: readonly Checked[]): string =>
  JSON.stringify({ stack, secrets: checked }, undefined, 2);
