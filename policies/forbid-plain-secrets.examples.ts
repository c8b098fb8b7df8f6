import { deployment, dockerContainer, taskDefinition } from "./example-resources.ts";
import type { Example } from "./policy.ts";

const configMap = (data: Readonly<Record<string, string>>): Example["bad"][number] => ({
  type: "kubernetes:core/v1:ConfigMap",
  name: "api",
  properties: { data },
});

export const FORBID_PLAIN_SECRETS_EXAMPLES: readonly Example[] = [
  {
    title: "Kubernetes: a password written out",
    bad: [deployment({ env: [{ name: "DATABASE_PASSWORD", value: "an-example" }] })],
    good: [
      deployment({
        env: [{ name: "DATABASE_PASSWORD", valueFrom: { secretKeyRef: { name: "api", key: "databasePassword" } } }],
      }),
    ],
  },
  {
    title: "ECS: a password in a URL",
    bad: [taskDefinition({ environment: [{ name: "DATABASE", value: "postgres://api:an-example@db:5432/shop" }] })],
    good: [
      taskDefinition({
        secrets: [
          { name: "DATABASE", valueFrom: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:api/database" },
        ],
      }),
    ],
  },
  {
    title: "Docker: a token",
    bad: [dockerContainer({ envs: ["API_TOKEN=an-example"] })],
    good: [dockerContainer({ envs: ["API_TOKEN_FILE=/run/secrets/api-token"] })],
  },
  {
    title: "Kubernetes: a ConfigMap with a password",
    bad: [configMap({ SMTP_PASSWORD: "an-example" })],
    good: [configMap({ SMTP_HOST: "mail.example.com" })],
  },
];
