import { shortDigest, subjectOf, type Verdict } from "../../components/delivery/cleanup.ts";
import { table } from "../console/table.ts";
import type { Removal, ServicePlan } from "./cleanup.ts";

/** What would stay and go of a service, each with its reason; parts and signatures of what stays are only counted. */
export function planText({ of: { service }, verdicts }: ServicePlan): string {
  const going = verdicts.filter(({ keeps }) => !keeps);
  const whole = verdicts.filter(({ keeps, image }) => keeps && image.tags.some((tag) => subjectOf(tag) === undefined));
  const head = `${service}: ${verdicts.length} images with their parts, ${verdicts.length - going.length} stay, ${going.length} go`;
  const rows = [...whole.map(rowOf("stays")), ...going.map(rowOf("goes"))];
  return rows.length === 0 ? head : `${head}\n${table([["", "image", "pushed", "tags", "why"], ...rows])}`;
}

const rowOf =
  (fate: string) =>
  ({ image: { digest, pushedAt, tags }, reason }: Verdict): readonly string[] => [
    fate,
    shortDigest(digest),
    new Date(pushedAt).toISOString().slice(0, 10),
    tags.join(" "),
    reason,
  ];

export function removalText({ of: { service }, image: { digest, tags }, left }: Removal): string {
  const name = [`${service}@${digest}`, ...tags].join(" ");
  return left === undefined ? `deleted  ${name}` : `left     ${name}: ${left}`;
}

export function totalText(removals: readonly Removal[], services: number): string {
  const left = removals.filter((removal) => removal.left !== undefined).length;
  const rest = left === 0 ? "" : `, ${left} left`;
  return `${removals.length - left} images of ${services} services deleted${rest}`;
}
