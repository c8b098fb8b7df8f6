import { agentCredentials, type SecretAgent, type VaultFile } from "../workload/index.ts";

/** Where the agent's container has the workload's folders, and how it is in them. */
export interface AgentPlace {
  fileAt(path: string): string;
  readonly runs: AgentRun;
  /** Whose the files are: root's, for the workload's group to read, or the workload's own. */
  readonly owner: "root" | "workload";
}

/**
 * How long the agent runs: until every file is written; until something goes wrong, for the target to start it again; or
 * on, trying again whatever goes wrong: where its container's end would take its workload out of service.
 */
export type AgentRun = "once" | "until-failure" | "on";

/** Folder in the memory of the agent's container: its configuration and what it logs in with. */
export const agentFolder = "/tmp";

/**
 * There when an agent that runs until a failure has logged in since its start: in its container's memory, readable for itself
 * alone. Files of the workload may be an earlier agent's.
 */
export const loggedInFile = `${agentFolder}/token`;

/** Where a pod has the token of its service account that is for Vault alone. */
export const accountTokenPath = "/var/run/vault-token/token";
/** For whom that token is: a role of Vault's Kubernetes auth asks for the same. */
export const accountTokenAudience = "vault";

/** How the agent's container is started on every target; nothing of it is a secret. */
export function agentProcess(agent: SecretAgent, place: AgentPlace) {
  const { caCertificate } = agent.vault;
  return {
    entryPoint: ["/bin/sh", "-euc"],
    command: [startScript(agent)],
    variables: {
      AGENT_CONFIGURATION: agentConfiguration(agent, place),
      ...(caCertificate === undefined ? {} : { AGENT_AUTHORITY: caCertificate }),
    },
  };
}

/** Credentials come as variables and go into files in memory, because the agent reads them from files alone. */
function startScript(agent: SecretAgent): string {
  const written = [
    ...(agent.vault.caCertificate === undefined ? [] : [["AGENT_AUTHORITY", authorityFile]]),
    ...agentCredentials(agent).map(({ name }) => [name, credentialFile(name)]),
    ["AGENT_CONFIGURATION", `${agentFolder}/agent.hcl`],
  ];
  return [
    "umask 077",
    `rm -f ${loggedInFile}`,
    ...written.map(([name, file]) => `printf %s "$${name}" > ${file}`),
    `unset ${written.map(([name]) => name).join(" ")}`,
    `exec vault agent -config=${agentFolder}/agent.hcl -log-format=json`,
  ].join("\n");
}

const authorityFile = `${agentFolder}/authority.pem`;
const credentialFile = (name: string): string => `${agentFolder}/${name.toLowerCase()}`;

/** PostgreSQL takes no key that others may read, if it is its own user's; of root's the group may. */
const fileModes = { root: "0440", workload: "0400" } as const;

/**
 * The agent's file (developer.hashicorp.com/vault/docs/agent-and-proxy/agent). The reason of what goes wrong is in its log,
 * and no workload starts with half of its secrets. Files that are there stay.
 */
export function agentConfiguration(agent: SecretAgent, { fileAt, runs, owner }: AgentPlace): string {
  const { vault, login } = agent;
  const endsOnFailure = runs !== "on";
  const lines = [
    ...(runs === "once" ? ["exit_after_auth = true"] : []),
    "vault {",
    `  address = ${quoted(vault.address)}`,
    ...(vault.caCertificate === undefined ? [] : [`  ca_cert = ${quoted(authorityFile)}`]),
    "  retry {",
    "    num_retries = 4",
    "  }",
    "}",
    "auto_auth {",
    `  method ${quoted(login.kind)} {`,
    `    mount_path = ${quoted(`auth/${login.mount}`)}`,
    `    exit_on_err = ${endsOnFailure}`,
    "    config = {",
    ...loginLines(agent).map((line) => `      ${line}`),
    "    }",
    "  }",
    ...(runs === "until-failure"
      ? [
          '  sink "file" {',
          "    config = {",
          `      path = ${quoted(loggedInFile)}`,
          "      mode = 384",
          "    }",
          "  }",
        ]
      : []),
    "}",
    "template_config {",
    `  exit_on_retry_failure = ${endsOnFailure}`,
    "}",
    ...agent.files.flatMap((file) => [
      "template {",
      `  contents = ${quoted(templateOf(file, vault.mount))}`,
      `  destination = ${quoted(fileAt(file.path))}`,
      `  perms = ${quoted(fileModes[owner])}`,
      "  error_on_missing_key = true",
      "}",
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

const loginLines = ({ login, role }: SecretAgent): readonly string[] =>
  login.kind === "kubernetes"
    ? [`role = ${quoted(role)}`, `token_path = ${quoted(accountTokenPath)}`]
    : [
        `role_id_file_path = ${quoted(credentialFile("AGENT_ROLE_ID"))}`,
        `secret_id_file_path = ${quoted(credentialFile("AGENT_SECRET_ID"))}`,
        // It logs in again when its token ends; the file is in the memory of its container alone.
        "remove_secret_id_file_after_reading = false",
      ];

/** The file's text around the value, in the language of Consul Template. */
function templateOf({ entry, key, template = "{}" }: VaultFile, mount: string): string {
  const at = template.indexOf("{}");
  const around = [template.slice(0, at), template.slice(at + 2)].map(quoted);
  return `{{ with secret ${quoted(`${mount}/data/${entry}`)} }}{{ printf "%s%s%s" ${around[0]} .Data.data.${key} ${around[1]} }}{{ end }}`;
}

/** Text as HCL and Go both read it; a dollar sign would begin an expression. */
const quoted = (text: string): string => JSON.stringify(text).replaceAll("$", "\\u0024");
