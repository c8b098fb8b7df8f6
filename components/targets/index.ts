import { docker } from "./docker/target.ts";
import { ecs } from "./ecs/target.ts";
import { kubernetes } from "./kubernetes/target.ts";
import type { TargetDescriptor } from "./target.ts";

/** Every target there is. A new one is a folder and a line here. */
export const targets: readonly TargetDescriptor[] = [docker, ecs, kubernetes];
