import type { Settings } from "../../components/settings.ts";
import { table } from "../console/table.ts";
import type { Judged } from "./judge.ts";

/** What ends when, and what is wrong. */
export const certsText = (judged: readonly Judged[]): string =>
  table([
    ["certificate of", "is", "ends", ""],
    ...judged.map(({ of, verdict, ends, remark }) => [of, verdict, ends?.slice(0, 10) ?? "", remark]),
  ]);

export const certsJson = (stack: string, judged: readonly Judged[]): string =>
  JSON.stringify({ stack, certificates: judged }, undefined, 2);

/** How what is kept comes to the members. A task on ECS reads its secrets at its start alone. */
export const howToBring = ({ stack, target }: Pick<Settings, "stack" | "target">): string =>
  target.name === "ecs"
    ? `now ./platform up ${stack}; services that run already read theirs when their tasks are replaced: aws ecs update-service --force-new-deployment, each`
    : `now ./platform up ${stack}: members read their new certificates while they run`;
