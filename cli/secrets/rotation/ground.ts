import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { DatabaseLogin } from "../../../components/application/database-login.ts";
import { fullKey } from "../../../stacks/error.ts";
import { say } from "../../console/progress.ts";
import { changeSecrets, makeDeveloperHome } from "../../engine/developer/home.ts";
import { developersStack } from "../../engine/live.ts";
import { root } from "../../root.ts";
import { keepSecret, keptSecret } from "../keep.ts";
import { settingsInUse } from "../settings.ts";
import { openAdministrator } from "./administrator.ts";
import type { RotationGround } from "./rotate.ts";

/** Milliseconds: a worker's grace period (60 s), and what a balancer needs to forget it. */
const patience = 90_000;

/** A stack's rotation; `deploy` is `./platform up` of it. Ends with `close`. */
export async function openRotation(
  stack: string,
  deploy: () => Promise<unknown>,
): Promise<RotationGround & { close(): Promise<void> }> {
  const settings = await settingsInUse(stack);
  const administrator = await openAdministrator(settings);
  return {
    database: settings.database,
    administrator,
    kept: (secret) => keptSecret(settings, secret),
    keep: (secret, value) => keepSecret(settings, secret, value),
    chooseLogin: (login) => chooseLogin(stack, login),
    deploy: async () => {
      await deploy();
    },
    patience,
    say: (line) => say(`${stack}: ${line}`),
    close: () => administrator.close(),
  };
}

/** Writes `database.login`: of dev into the developer's own folder, else into the stack's file, which is then committed. */
async function chooseLogin(stack: string, login: DatabaseLogin): Promise<void> {
  if (stack === developersStack) return changeSecrets(await makeDeveloperHome(), { databaseLogin: login });
  const file = join(root, `Pulumi.${stack}.yaml`);
  const document = parseDocument(await readFile(file, "utf8"));
  document.setIn(["config", fullKey(["database"]), "login"], login);
  await writeFile(file, document.toString({ lineWidth: 0 }));
  say(`${stack}: Pulumi.${stack}.yaml says database.login: ${login}; commit it with the change of the secret`);
}
