import type { Environment } from "../components/settings.ts";
import type { TargetDescriptor } from "../components/targets/target.ts";
import { commonDefaults, defaultTarget, domainDefaults, targetDefaults } from "./defaults.ts";
import { environmentDefaults } from "./environment-defaults.ts";
import { namespace } from "./error.ts";
import { allowedBy, sectionSchemas } from "./json-schema.ts";
import { type Data, isData, overlay, valueAt } from "./layers.ts";
import { propertiesOf } from "./messages.ts";
import { environments, settingsSchema } from "./schema.ts";

/** The text of docs/settings.md: every key, made of the schema and the defaults. */
export function settingsDocument(descriptors: readonly TargetDescriptor[]): string {
  const sections = Object.entries(sectionSchemas(descriptors)).filter(([key]) => key !== "secrets");
  const parts = sections.map(([key, node]) =>
    [`## ${key}`, descriptionOf(node), table(rowsOf([key], node))].join("\n\n"),
  );
  return `${[head, ...parts, secrets].join("\n\n")}\n`;
}

const head = `<!-- Rendered by ./platform render from stacks/. -->
# Settings

\`Pulumi.<stack>.yaml\` is the only place that is edited. Below \`config:\` each section is one key of the namespace
\`${namespace}:\`, the rest of a key is nested in it:

\`\`\`yaml
config:
  ${namespace}:domain: trading.example.com
  ${namespace}:backend:
    scaling:
      minimum: 4
\`\`\`

What a file does not say has the default of its environment; \`./platform settings <stack>\` prints what holds and where
it comes from. A stack named dev, staging or prod is of that environment; any other says \`${namespace}:environment\`.
The release that a stack runs is on record in \`stacks/releases/<stack>.yaml\`, which is written by \`./platform up --release\` and
\`./platform rollback\` (docs/delivery.md); its version and digests hold in place of the file's.
Where a service has a range (\`minimum\`, \`maximum\`), saying \`replicas\` replaces it as a whole, and the other way round.`;

const secrets = `## secrets

Where each secret is held; the values are never settings. By default \`config: <name>\`, the key of that name in the
stack's encrypted namespace \`secrets:\` (\`pulumi config set --secret secrets:<name>\`); on ecs
\`secretsManager: arn:aws:secretsmanager:<region>:<accountId>:secret:trading/<stack>/<name>\`, an entry that is made by hand;
\`vault: { path, key }\` is an entry of Vault (docs/secrets.md). The names are those of \`secretNames\` in \`components/workload/secret.ts\`:

\`\`\`yaml
config:
  ${namespace}:secrets:
    smtpPassword: { config: smtpPassword }
    databasePassword: { secretsManager: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:trading/prod/databasePassword" }
\`\`\``;

interface Row {
  readonly path: readonly string[];
  readonly node: unknown;
}

function rowsOf(path: readonly string[], node: unknown): readonly Row[] {
  const each =
    valueAt(node, ["propertyNames"]) === undefined ? {} : { "<name>": valueAt(node, ["additionalProperties"]) };
  const children = Object.entries({ ...propertiesOf(node), ...each });
  return children.length === 0 ? [{ path, node }] : children.flatMap(([key, child]) => rowsOf([...path, key], child));
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ path, node }) => [
    `\`${path.join(".")}\``,
    cell(allowedBy(node)),
    defaultOf(path, node),
    cell(descriptionOf(node)),
  ]);
  return [["key", "must be", "default", "what for"], ["---", "---", "---", "---"], ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

function descriptionOf(node: unknown): string {
  const description = valueAt(node, ["description"]);
  return typeof description === "string" ? description : "";
}

/** Defaults that no environment has by itself. */
const derived: ReadonlyMap<string, string> = new Map([
  ["environment", "from the stack's name"],
  ["target", environments.map((environment) => `${environment}: \`${defaultTarget[environment]}\``).join("<br>")],
  [
    "alerts.receivers.pagerduty.url",
    `development: the stack's own sink<br>else: \`${valueAt(commonDefaults, ["alerts", "receivers", "pagerduty", "url"])}\``,
  ],
  ["alerts.receivers.email.smarthost", "development: the stack's own sink<br>else: to be said"],
  ["alerts.receivers.email.to", "`database-team@<domain>`"],
  ["alerts.receivers.email.from", "`alerts@<domain>`"],
  ["alerts.receivers.email.user", "`alerts@<domain>`"],
  ["database.management", "`managed` where the target offers it, outside development; else `own`"],
  ["cache.management", "`managed` where the target offers it, outside development; else `own`"],
]);

/** Keys that an environment's stack file has to say. */
function unsaid(environment: Environment): ReadonlySet<string> {
  const { error } = settingsSchema.safeParse(
    overlay([
      { origin: "default", values: defaultsOf[environment] },
      { origin: "environment", values: { environment } },
      { origin: "target", values: targetDefaults(undefined, "", environment) },
    ]),
  );
  return new Set((error?.issues ?? []).map(({ path }) => path.join(".")));
}

const defaultsOf: Readonly<Record<Environment, Data>> = {
  development: effective("development"),
  staging: effective("staging"),
  production: effective("production"),
};

function effective(environment: Environment): Data {
  return overlay([
    { origin: "default", values: commonDefaults },
    { origin: "domain", values: domainDefaults("localhost") },
    { origin: "environment", values: environmentDefaults[environment] },
  ]);
}

const unsaidIn: Readonly<Record<Environment, ReadonlySet<string>>> = {
  development: unsaid("development"),
  staging: unsaid("staging"),
  production: unsaid("production"),
};

function defaultOf(path: readonly string[], node: unknown): string {
  const known = derived.get(path.join("."));
  if (known !== undefined) return known;
  const own = valueAt(node, ["default"]);
  if (own !== undefined) return code(own);
  const values = environments.map((environment) => valueAt(defaultsOf[environment], path));
  const said = environments.flatMap((environment, index) => {
    if (values[index] !== undefined) return [`${environment}: ${code(values[index])}`];
    return unsaidIn[environment].has(path.join(".")) ? [`${environment}: to be said`] : [];
  });
  if (said.length === 0) return "–";
  return new Set(values.map((value) => JSON.stringify(value))).size === 1 ? code(values[0]) : said.join("<br>");
}

const code = (value: unknown): string => `\`${isData(value) || Array.isArray(value) ? JSON.stringify(value) : value}\``;
