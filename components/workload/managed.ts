import type { Duration } from "./duration.ts";

/** A database or cache that the cloud runs for us, in place of a workload of the same name and address. */
export type ManagedService = ManagedDatabase | ManagedCache;

interface ManagedBase {
  readonly kind: "managed";
  /** Also its address inside the platform. */
  readonly name: string;
  readonly part: "application";
  readonly version: string;
  /** The cloud's name of the size, as `db.m7g.large`. */
  readonly instanceClass: string;
  readonly port: number;
  /** A standby in a second zone takes over by itself. */
  readonly multiZone: boolean;
  readonly backupRetention: Duration;
}

export interface ManagedDatabase extends ManagedBase {
  readonly engine: "postgres";
  readonly sizeGiB: number;
  readonly database: string;
  readonly user: string;
  /** Nobody deletes it by a stack change; it is switched off first, by hand. */
  readonly deletionProtection: boolean;
  /** Server parameters by their PostgreSQL names. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface ManagedCache extends ManagedBase {
  readonly engine: "redis";
  readonly parameters: Readonly<Record<string, string>>;
}
