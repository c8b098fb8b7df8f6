import { z } from "zod";
import { stacksProblem } from "../components/delivery/retention.ts";

const account = z.string().regex(/^\d{12}$/, "must be the 12 digits of an AWS account, in quotes");

/** Below the namespace: where copies of third-party images are. */
export const mirrorPath = "mirror";

/** `settings:` in the stack file of the project bootstrap. */
const bootstrapSchema = z
  .strictObject({
    accountId: account,
    region: z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, "must be an AWS region, as eu-central-1"),
    /** Comes before a service's name in the registry. */
    namespace: z
      .string()
      .regex(/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/, "must be lower-case letters and digits, with . _ - between them")
      .default("trading"),
    /** The application's own images: one repository each. */
    services: z
      .array(z.string().regex(/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/, "must be lower-case letters and digits"))
      .min(1)
      .default(["backend", "frontend", "backup", "probe"]),
    /** Third-party images that the stacks run from here, as `docker.io/prom/prometheus` without its registry: one repository each, below `mirror/`. */
    mirrored: z
      .array(
        z
          .string()
          .regex(
            /^[a-z0-9]+(?:[._/-][a-z0-9]+)*$/,
            "must be an image's name without registry and version, as prom/prometheus",
          ),
      )
      .default([
        "aws-cli/aws-cli",
        "cadvisor/cadvisor",
        "grafana/grafana",
        "grafana/loki",
        "grafana/promtail",
        "hashicorp/vault",
        "library/nginx",
        "oliver006/redis_exporter",
        "prom/alertmanager",
        "prom/blackbox-exporter",
        "prom/node-exporter",
        "prom/prometheus",
        "prometheuscommunity/postgres-exporter",
      ]),
    /** Accounts of stacks elsewhere that pull. */
    pullAccounts: z.array(account).default([]),
    /** Stacks that release from here: each keeps its own last releases. */
    stacks: z
      .array(
        z.string().regex(/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/, "must be a stack's name: lower-case letters and digits"),
      )
      .superRefine((stacks, context) => {
        const message = stacksProblem(stacks);
        if (message !== undefined) context.addIssue({ code: "custom", message });
      })
      .default(["staging", "prod"]),
    /** The GitHub repository whose pipeline deploys, as `acme/trading`. */
    repository: z.string().regex(/^[A-Za-z0-9-]+\/[\w.-]+$/, "must be a GitHub repository, as acme/trading"),
    /**
     * Its owner's and its own number, by which GitHub's tokens name a repository that was made, renamed or transferred
     * since 15 July 2026, and an older one whose owner chose so.
     * https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims
     */
    repositoryIds: z.strictObject({ owner: z.int().positive(), repository: z.int().positive() }).optional(),
    /** The account has GitHub as an identity provider already, for another project: it can have only one. */
    githubKnown: z.boolean().default(false),
    /** Stacks that the pipeline deploys, each from one branch; a stack's GitHub environment has its name. */
    branches: z
      .record(
        z.string().regex(/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/, "must be a stack's name"),
        z.string().regex(/^[\w./-]+$/, "must be a branch, without wildcards"),
      )
      .default({ staging: "develop", prod: "main" }),
    /** Released images of a service that are kept for each stack; more than `rollbackDepth`. */
    keep: z.int().min(2).max(1000).default(10),
    /** How many releases back a rollback can go. */
    rollbackDepth: z.int().min(1).max(999).default(9),
  })
  .refine(({ keep, rollbackDepth }) => keep > rollbackDepth, {
    error: "must be more than rollbackDepth: the running release is kept too",
    path: ["keep"],
  })
  .superRefine(({ stacks, branches }, context) => {
    const strangers = Object.keys(branches).filter((stack) => !stacks.includes(stack));
    if (strangers.length === 0) return;
    const message = `${strangers.join(", ")} is none of stacks: what is deployed is released from this registry`;
    context.addIssue({ code: "custom", message, path: ["branches"] });
  });

export type BootstrapSettings = z.infer<typeof bootstrapSchema>;

/** Reads the settings; throws an Error that names every bad key. */
export function bootstrapSettings(raw: unknown): BootstrapSettings {
  const read = bootstrapSchema.safeParse(raw);
  if (read.success) return read.data;
  const lines = read.error.issues.map(({ path, message }) => `  settings.${path.join(".")}: ${message}`);
  throw new Error(["bootstrap/Pulumi.<stack>.yaml:", ...lines].join("\n"));
}
