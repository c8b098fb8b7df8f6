import type { OwnService } from "../../components/blueprint.ts";
import type { Product } from "../../components/settings.ts";
import type { Tool } from "../setup/tool.ts";
import type { Service } from "./service-files.ts";

/** An image of the platform that can be asked for by name: a third-party product, the application's, the static probe binary. */
export type ImageName = Product | OwnService | "probe";

/** How an image of our own is made: without a registry, without a daemon, without special rights. */
export interface Recipe {
  readonly name: ImageName;
  /** What is inside it: its own version where that is not the one that the stacks' tag says. */
  readonly version: string;
  /** Laid over each other in this order. */
  readonly parts: readonly Part[];
  readonly config: ImageConfig;
  /** What a user of the official image would miss or find changed; the platform's specs run on both. */
  readonly differences: readonly Difference[];
}

export interface Difference {
  /** What ours does, against what the official image does. */
  readonly what: string;
  readonly why: string;
}

/** What an image is filled with. Paths are absolute; owners are numbers, because an image knows no others. */
export type Part =
  /** Debian packages, unpacked; `without` are paths that are left out. */
  | { readonly kind: "packages"; readonly packages: readonly string[]; readonly without: readonly RegExp[] }
  /** A program that is built from its Go module. */
  | { readonly kind: "program"; readonly tool: Tool; readonly path: string }
  /** A service of this checkout and the npm packages that it runs with, below /app as they lie here. */
  | { readonly kind: "service"; readonly service: Service }
  | { readonly kind: "file"; readonly path: string; readonly text: string; readonly mode: number }
  | {
      readonly kind: "folder";
      readonly path: string;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    }
  | { readonly kind: "link"; readonly path: string; readonly to: string }
  | { readonly kind: "move"; readonly from: string; readonly to: string }
  /** Writes one line of a file otherwise. */
  | { readonly kind: "replace"; readonly path: string; readonly this: string; readonly by: string }
  /** busybox under the name of every program that it can be. */
  | { readonly kind: "busybox-links" }
  /** The certificates of the package ca-certificates as the one file that programs read. */
  | { readonly kind: "certificate-bundle" };

/** What a container runtime is told; the rest of an image's configuration follows from the recipe. */
export interface ImageConfig {
  readonly entrypoint: readonly string[];
  readonly command?: readonly string[];
  /** `uid:gid`, or a name of the image's passwd; root unless said. */
  readonly user?: string;
  readonly workingFolder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly number[];
  readonly volumes?: readonly string[];
  readonly stopSignal?: string;
}
