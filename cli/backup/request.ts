import type { WorkloadSpec } from "../../components/workload/index.ts";

/** What a person asks of a restore. */
export interface RestoreRequest {
  /** ISO 8601; default: as late as the log goes. */
  readonly at?: string;
  /** Though there is a database, which stays beside the restored one. Default: false. */
  readonly force?: boolean;
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
