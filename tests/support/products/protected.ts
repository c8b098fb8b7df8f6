import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { selfSigned } from "../../../cli/engine/developer/certificate.ts";
import { monitoringName, monitoringUser } from "../../../components/protection.ts";
import {
  type SecretFile,
  type SecretName,
  secretFileText,
  type WorkloadSpec,
} from "../../../components/workload/index.ts";

/** The values of the four secrets by which a stack's Prometheus and Alertmanager are protected. */
export type Keys = Readonly<
  Record<"monitoringCertificate" | "monitoringPrivateKey" | "monitoringPassword" | "monitoringPasswordHash", string>
>;

export async function makeKeys(): Promise<Keys> {
  const { certificate, privateKey } = await selfSigned([monitoringName]);
  return {
    monitoringCertificate: certificate,
    monitoringPrivateKey: privateKey,
    monitoringPassword: "correct horse",
    // bcrypt, cost 10, of that.
    monitoringPasswordHash: "$2b$10$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu",
  };
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

interface Asking {
  readonly keys: Keys;
  /** Default: the right one; undefined for none at all. */
  readonly password?: string | undefined;
  readonly method?: string;
}

/** Asks over TLS, trusting the stack's certificate alone. */
export async function askProtected(url: string, asking: Asking): Promise<Answer> {
  const { keys, method = "GET" } = asking;
  const password = "password" in asking ? asking.password : keys.monitoringPassword;
  return new Promise((resolve, reject) => {
    request(
      url,
      {
        method,
        ca: keys.monitoringCertificate,
        servername: monitoringName,
        ...(password === undefined ? {} : { auth: `${monitoringUser}:${password}` }),
      },
      async (answer) => resolve({ status: answer.statusCode ?? 0, body: await text(answer) }),
    )
      .on("error", reject)
      .end();
  });
}

/** Readiness of what is protected. */
export const answersProtected =
  (keys: Keys) =>
  async (url: string): Promise<true | undefined> =>
    (await askProtected(url, { keys })).status === 200 ? true : undefined;

/** A text that names files of a container, with a folder in place of its root. */
export const inside = (folder: string, text: string): string => text.replaceAll("/etc/", `${folder}/etc/`);

/** Writes a workload's files and secrets below a folder, as its container has them below its root. */
export function writeMounted(folder: string, spec: Pick<WorkloadSpec, "files" | "secretFiles">, secrets: Values): void {
  for (const { path, content } of spec.files) write(folder, path, content);
  writeSecrets(folder, spec.secretFiles, secrets);
}

type Values = Readonly<Partial<Record<SecretName, string>>>;

export function writeSecrets(folder: string, files: readonly SecretFile[], values: Values): void {
  for (const file of files) {
    const value = values[file.secret];
    if (value === undefined) throw new Error(`the test knows no ${file.secret}`);
    write(folder, file.path, secretFileText(file, value));
  }
}

function write(folder: string, path: string, content: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, inside(folder, content));
}
