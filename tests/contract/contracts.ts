import type { Settings } from "../../components/settings.ts";
import type { Rendering } from "../support/render.ts";
import type { Allowance, Elsewhere } from "./compare.ts";
import * as docker from "./docker/allowances.ts";
import { readDocker } from "./docker/read.ts";
import * as ecs from "./ecs/allowances.ts";
import { readEcs } from "./ecs/read.ts";
import * as kubernetes from "./kubernetes/allowances.ts";
import { readKubernetes } from "./kubernetes/read.ts";
import type { Observed } from "./observed.ts";

/** How a target's resources are read, and where they may be other than stated. */
export interface Contract {
  /** One for each instance that the target is asked for by itself. */
  read(rendering: Rendering, workload: string, settings: Pick<Settings, "secrets">): readonly Observed[];
  readonly allowances: readonly Allowance[];
  readonly elsewhere: readonly Elsewhere[];
}

export const contracts = {
  docker: { read: readDocker, ...docker },
  ecs: { read: (...found) => [readEcs(...found)], ...ecs },
  kubernetes: { read: (rendering, workload) => [readKubernetes(rendering, workload)], ...kubernetes },
} as const satisfies Readonly<Record<string, Contract>>;

export type TargetName = keyof typeof contracts;
export const targetNames = ["docker", "ecs", "kubernetes"] as const satisfies readonly TargetName[];
