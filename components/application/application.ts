import type { Blueprint } from "../blueprint.ts";
import type { Member } from "../workload/index.ts";
import { backend, worker } from "./backend.ts";
import { backup, hasBackup } from "./backup.ts";
import { cache } from "./cache.ts";
import { database } from "./database.ts";
import { frontend } from "./frontend.ts";
import { gateway } from "./gateway.ts";

/** The customers' side of the platform, in the order of its start. A new workload is a file and a line. */
export const applicationMembers = (plan: Blueprint): readonly Member[] => [
  database(plan),
  ...(hasBackup(plan.settings) ? [backup(plan)] : []),
  cache(plan),
  backend(plan),
  worker(plan),
  frontend(plan),
  gateway(plan),
];
