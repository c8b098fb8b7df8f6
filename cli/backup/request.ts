import type { WorkloadSpec } from "../../components/workload/index.ts";
import { UserError } from "../console/error.ts";

/** What a person asks of a restore. */
export interface RestoreRequest {
  /** ISO 8601; default: as late as the log goes. */
  readonly at?: string;
  /** Though there is a database, which stays beside the restored one. Default: false. */
  readonly force?: boolean;
}

const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * Throws a UserError for what is no moment: before anything is stopped, here or by commands that a person runs elsewhere.
 * A time without its zone would be taken for UTC, which is hours from what most people mean.
 */
export function requireMoment(at: string): void {
  if (moment.test(at) && !Number.isNaN(Date.parse(at))) return;
  throw new UserError(
    `--at is "${at}"; it must be a time in ISO 8601 with its zone, as 2026-11-25T21:30:00Z or 2026-11-25T22:30:00+01:00`,
    2,
  );
}

/** Of the backup's program: it restores into the database's folder. */
export const restoreWords = (data: string, { at, force = false }: RestoreRequest): readonly string[] => [
  ...["restore", "--data", data],
  ...(at === undefined ? [] : ["--at", at]),
  ...(force ? ["--force"] : []),
];

/** The database's folder of data, below the place of its volume. */
export const dataFolderOf = (workloads: readonly WorkloadSpec[]): string =>
  workloads.find(({ name }) => name === "database")?.variables.PGDATA ?? "";

/** Said after commands that a person runs one after the other. */
export const goOnAdvice = "Whatever it says, go on with the lines after it: what was there stays, and runs again.";
