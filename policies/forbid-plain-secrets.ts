import { violationAt, withoutRepetition } from "./ask.ts";
import { type Container, containerRule, labelled, variablesOf, wordsOf } from "./containers.ts";
import { FORBID_PLAIN_SECRETS_EXAMPLES } from "./forbid-plain-secrets.examples.ts";
import {
  type Finding,
  judged,
  type Policy,
  type Resource,
  type ResourceRule,
  unjudged,
  type Verdict,
} from "./policy.ts";
import { at, isUnknown, type Node, object, rootOf, text } from "./values.ts";

const PAGE = "https://kubernetes.io/docs/concepts/security/secrets-good-practices/";

const REPAIRS = {
  kubernetes:
    'env: [{ name: "DATABASE_PASSWORD", valueFrom: { secretKeyRef: { name: "api", key: "databasePassword" } } }]',
  ecs: 'secrets: [{ name: "DATABASE_PASSWORD", valueFrom: "arn:aws:secretsmanager:…:secret:api/databasePassword" }]',
  docker: 'envs: ["DATABASE_PASSWORD_FILE=/run/secrets/database-password"]',
  swarm: 'env: { DATABASE_PASSWORD_FILE: "/run/secrets/database-password" }',
} as const;

/** By its last words a name says that it holds a secret; `…_FILE` and the like only say where one is. */
const SECRET_NAME =
  /(^|_)(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|SECRET_?KEY|PRIVATE_?KEY|SIGNING_?KEY|ENCRYPTION_?KEY|ROUTING_?KEY|CREDENTIALS?|PASS|REDISCLI_AUTH|PGPASSWORD|MYSQL_PWD)$/i;

/** The same for keys of a ConfigMap and for Spring's names; shorter, since `tls-secret` there names a Secret. */
const SECRET_KEY = /[.-](password|passwd|passphrase|(api|access|secret|private)[.-]?key)$/i;

/** Arguments that take a password behind `=`, and Redis' two that take the next word. */
const PASSWORD_ARGUMENT = /^--?[\w.-]*(?:password|passwd|passphrase)=([\s\S]*)$/i;
const PASSWORD_BEFORE = /^--?(requirepass|masterauth)$/i;

/** Forms of secrets that are known whatever the name: keys of AWS, GitHub, Slack and Stripe, PEM, a password in a URL. */
const SECRET_VALUE =
  /(^|[^A-Z0-9])(AKIA|ASIA)[A-Z0-9]{16}([^A-Z0-9]|$)|gh[pousr]_[A-Za-z0-9]{36}|xox[abprs]-[A-Za-z0-9-]{10,}|sk_live_[A-Za-z0-9]{16,}|-----BEGIN [A-Z ]*PRIVATE KEY-----|(^|=["']?)[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s:@$]+@/;

/** What stands for a value that is filled in elsewhere, says yes or no, or says in which file it is. */
const isHarmless = (value: string): boolean =>
  /^(|\$[({]?\w+[)}]?|true|false|yes|no|on|off|\d{1,5}|\/[\w./-]+\.\w+)$/i.test(value);

const looksSecret = (name: string, value: string): boolean =>
  !isHarmless(value) && (SECRET_NAME.test(name) || SECRET_KEY.test(name) || SECRET_VALUE.test(value));

/** Whether a word of a command line is a secret, or says one. */
function saysSecret(word: string, before: string): boolean {
  const password = PASSWORD_BEFORE.test(before) ? word : (PASSWORD_ARGUMENT.exec(word)?.[1] ?? "");
  // As `file:/run/secrets/x` or `@/run/secrets/x`: where it is.
  const isPlace = /^(@|\/|env:|file:)/.test(password);
  return SECRET_VALUE.test(word) || (!isHarmless(password) && !isPlace);
}

function judge(container: Container): readonly Finding[] {
  const { variables, unknown } = variablesOf(container);
  const words = wordsOf(container);
  const complain = (node: Node, where: string): Finding =>
    violationAt(node, {
      problem: `container "${container.name}" has a secret in its plain ${where}: it stands in the state, in every description of the resource and in the process's environment`,
      repair: REPAIRS[container.provider],
      url: PAGE,
    });
  const open = [...unknown, ...variables.filter(({ name }) => SECRET_NAME.test(name)).map(({ value }) => value)].filter(
    isUnknown,
  );
  const findings = withoutRepetition([
    ...open.map(({ path }) => unjudged(path)),
    ...variables
      .filter(({ name, value }) => looksSecret(name, text(value) ?? ""))
      .map(({ name, value }) => complain(value, `variable ${name}`)),
    ...words
      .filter((word, place) => saysSecret(text(word) ?? "", text(words[place - 1] ?? rootOf({})) ?? ""))
      .map((word) => complain(word, "command line")),
  ]);
  const [first] = findings;
  const reason = labelled(container, "plain-secrets-reason");
  if (first === undefined || reason === undefined) return findings;
  const problem = `container "${container.name}" has secrets in its plain variables`;
  return [{ kind: "accepted", property: first.property, problem, reason }];
}

/** A ConfigMap is read by everyone who may read the namespace, and is not encrypted. */
function judgeConfigMap({ properties }: Resource): Verdict {
  const data = at(rootOf(properties), "data");
  if (isUnknown(data)) return judged([unjudged(data.path)]);
  return judged(
    Object.keys(object(data) ?? {}).flatMap((key): readonly Finding[] => {
      const value = at(data, key);
      if (isUnknown(value)) return SECRET_NAME.test(key) ? [unjudged(value.path)] : [];
      const complaint = {
        problem: `the ConfigMap holds a secret under ${key}`,
        repair: 'new kubernetes.core.v1.Secret("api", { stringData: { … } })',
        url: PAGE,
      };
      return looksSecret(key, text(value) ?? "") ? [violationAt(value, complaint)] : [];
    }),
  );
}

const CONFIG_MAP: ResourceRule = {
  types: ["kubernetes:core/v1:ConfigMap"],
  asks: "no key whose name says secret, and no value that looks like one",
  judge: judgeConfigMap,
};

/** Secrets reach a process by reference, never written out. The value itself is never said. */
export const forbidPlainSecrets: Policy = {
  name: "forbid-plain-secrets",
  displayName: "Secrets are not in plain variables",
  severity: "high",
  concern: "hygiene",
  description: "No secret is written into an environment variable, a command line or a ConfigMap.",
  why: "A plain variable is read by everyone who may describe the resource, is printed by crash reports and inherited by every child process; and it stays in the history of task definitions and ReplicaSets.",
  remedies: [
    { step: "Kubernetes: from a Secret.", code: REPAIRS.kubernetes },
    { step: "ECS: from Secrets Manager or SSM.", code: REPAIRS.ecs },
    { step: "Docker: from a file; most images take the name with _FILE.", code: REPAIRS.docker },
  ],
  url: PAGE,
  counterparts: [
    { tool: "kube-linter", rules: ["env-var-secret"] },
    { tool: "Polaris", rules: ["sensitiveContainerEnvVar", "sensitiveConfigmapContent"] },
    {
      tool: "checkov",
      rules: [
        "CKV_AWS_97 (its neighbour)",
        "CKV_SECRET_2",
        "CKV_SECRET_6",
        "CKV_K8S_35 (no: files instead of variables)",
      ],
    },
    { tool: "Security Hub", rules: ["ECS.8"] },
  ],
  parameters: [],
  resourceRules: [
    containerRule(
      "no variable whose name ends in PASSWORD, SECRET, TOKEN, API_KEY … with a value, no argument that ends so (`--password=…`, Redis' `--requirepass …`), and no value that is by its form a secret (an access key, a private key, a password in a URL)",
      judge,
      "names that say where a secret is (`…_FILE`, `…_PATH`), empty values, switches and `$(REFERENCES)`; containers with a label that ends in `plain-secrets-reason`: accepted and printed; those that are never started (`start: false`)",
    ),
    CONFIG_MAP,
  ],
  stackRules: [],
  examples: FORBID_PLAIN_SECRETS_EXAMPLES,
};
