import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { TargetContext } from "../../target.ts";
import { type Names, names } from "../names.ts";
import { Cloud } from "../running/cloud.ts";
import type { EcsSection } from "../section.ts";

/** What every resource of the stack needs to know. */
export interface EcsStack {
  readonly section: EcsSection;
  readonly context: TargetContext;
  readonly names: Names;
  readonly production: boolean;
  readonly provider: aws.Provider;
  /** Tells what really runs; opened when it is first asked. */
  cloud(): Promise<Cloud>;
  /** Tags of a resource; `version` where it belongs to a release. */
  tags(component: string, version?: string): Record<string, string>;
  /** What every role of the stack has: a path of the stack's own, and the boundary where the settings say one. */
  readonly roles: Pick<aws.iam.RoleArgs, "path" | "permissionsBoundary">;
  /** Options of a child of `parent`. */
  under(parent: pulumi.Resource, more?: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions;
}

export function ecsStack(section: EcsSection, context: TargetContext, platform: pulumi.Resource): EcsStack {
  const provider = new aws.Provider(
    "aws",
    { region: section.region, allowedAccountIds: [section.accountId] },
    { parent: platform },
  );
  const { stack, environment } = context;
  const called = names(stack, section);
  const { rolesBoundary } = section;
  let cloud: Promise<Cloud> | undefined;
  return {
    section,
    context,
    names: called,
    roles: {
      path: `/${called.prefix}/`,
      ...(rolesBoundary === undefined ? {} : { permissionsBoundary: rolesBoundary }),
    },
    production: environment === "production",
    provider,
    cloud: () => {
      cloud ??= Cloud.open(section.region);
      return cloud;
    },
    tags: (component, version) => ({
      project: "trading-platform",
      stack,
      environment,
      component,
      ...(version === undefined ? {} : { version }),
    }),
    under: (parent, more) => ({ parent, provider, ...more }),
  };
}
