import * as pulumi from "@pulumi/pulumi";
import { type Retention, retention } from "./retention.ts";

export interface ImageRegistryArgs extends Retention {
  /** Repository prefixes that images come from, as `ghcr.io/example/trading`. */
  readonly repositories: readonly string[];
  /** Makes the repositories as children of what it is given; absent where they are somebody else's. */
  readonly make?: (parent: pulumi.Resource) => void;
}

/**
 * Where a stack's images come from and how many of each service are kept. A policy reads the registered outputs:
 * `repositories` (prefixes), `keep` and `rollbackDepth`. Throws a RangeError where less is kept than a rollback needs.
 * Imports no cloud's SDK: every stack has one of these, whatever its target.
 */
export class ImageRegistry extends pulumi.ComponentResource {
  static readonly __pulumiType = "trading-platform:delivery:ImageRegistry";
  readonly repositories: readonly string[];

  constructor(name: string, args: ImageRegistryArgs, options?: pulumi.ComponentResourceOptions) {
    const { keep, rollbackDepth } = retention(args);
    const stated = { repositories: [...args.repositories], keep, rollbackDepth };
    super(ImageRegistry.__pulumiType, name, stated, options);
    this.repositories = stated.repositories;
    args.make?.(this);
    this.registerOutputs(stated);
  }
}
