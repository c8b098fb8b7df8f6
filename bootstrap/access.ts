import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  boundaryName,
  boundaryPolicy,
  deployPolicy,
  deployRoleName,
  deployTrust,
  githubAudience,
  githubIssuer,
} from "./permissions.ts";
import type { BootstrapSettings } from "./settings.ts";

/** How the pipeline comes into the account: GitHub's tokens are trusted, for a role a stack. */
export class DeployAccess extends pulumi.ComponentResource {
  static readonly __pulumiType = "trading-platform:bootstrap:DeployAccess";
  /** ARNs by stack. */
  readonly roles: Readonly<Record<string, pulumi.Output<string>>>;
  /** ARN of what no role of a stack can do more than. */
  readonly boundary: pulumi.Output<string>;

  constructor(
    name: string,
    settings: BootstrapSettings,
    keyArn: pulumi.Output<string>,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super(DeployAccess.__pulumiType, name, {}, options);
    const here = { parent: this };
    const tags = { project: "trading-platform", component: "deploy", environment: "shared" };
    const issuer = settings.githubKnown
      ? []
      : [
          new aws.iam.OpenIdConnectProvider(
            "github",
            { url: `https://${githubIssuer}`, clientIdLists: [githubAudience], tags },
            here,
          ),
        ];
    const boundary = new aws.iam.Policy(
      "boundary",
      {
        name: boundaryName(settings),
        description: "The most that a stack's role can do",
        policy: boundaryPolicy(),
        tags,
      },
      here,
    );
    const roles = Object.entries(settings.branches).map(([stack, branch]) => {
      const role = new aws.iam.Role(
        `deploy-${stack}`,
        {
          name: deployRoleName(settings, stack),
          description: `Deploys ${stack} from ${branch} of ${settings.repository}`,
          assumeRolePolicy: deployTrust(settings, stack, branch),
          // A deploy's job ends after an hour at most.
          maxSessionDuration: 3600,
          tags,
        },
        { parent: this, dependsOn: issuer },
      );
      const policy = keyArn.apply((arn) => deployPolicy(settings, stack, arn));
      new aws.iam.RolePolicy(`deploy-${stack}`, { role: role.name, policy }, here);
      return [stack, role.arn] as const;
    });
    this.roles = Object.fromEntries(roles);
    this.boundary = boundary.arn;
    this.registerOutputs({ roles: this.roles, boundary: this.boundary });
  }
}
