/** Storage that a container sees at `path`. */
export type Volume =
  /** Outlives the instance; owned by one workload. Size in GiB. */
  | { readonly kind: "persistent"; readonly name: string; readonly path: string; readonly sizeGiB: number }
  /** Empty at each start, in memory. Size in MiB. */
  | { readonly kind: "scratch"; readonly name: string; readonly path: string; readonly sizeMiB: number }
  /** A folder of the host, for what watches hosts. */
  | {
      readonly kind: "host";
      readonly name: string;
      readonly path: string;
      readonly hostPath: string;
      readonly readOnly: boolean;
    };

export type HostVolume = Extract<Volume, { kind: "host" }>;
export type PersistentVolume = Extract<Volume, { kind: "persistent" }>;
export const isPersistent = (volume: Volume): volume is PersistentVolume => volume.kind === "persistent";

/** A folder of the host in which the workload keeps something. */
export const isWrittenOnHost = (volume: Volume): volume is HostVolume => volume.kind === "host" && !volume.readOnly;
