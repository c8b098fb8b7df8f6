import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

const file = z.looseObject({
  auths: z.record(z.string(), z.looseObject({ auth: z.string().optional() })).default({}),
  credHelpers: z.record(z.string(), z.string()).default({}),
  credsStore: z.string().optional(),
});

/** What `docker-credential-… get` prints. */
const helped = z.looseObject({ Username: z.string(), Secret: z.string() });

/**
 * What `docker login` has left for a registry, as the value of a header Authorization: in Docker's own file, or by the helper
 * that it names (docs.docker.com, "docker login", "Credential stores"). Undefined where nobody is logged in.
 */
export async function dockerLogin(registry: string): Promise<string | undefined> {
  const path = join(process.env.DOCKER_CONFIG ?? join(homedir(), ".docker"), "config.json");
  const { auths, credHelpers, credsStore } = file.parse(JSON.parse(await readFile(path, "utf8").catch(() => "{}")));
  const helper = credHelpers[registry] ?? credsStore;
  if (helper !== undefined) {
    const said = await ask(`docker-credential-${helper}`, registry);
    if (said !== undefined) return basic(`${said.Username}:${said.Secret}`);
  }
  const auth = auths[registry]?.auth;
  return auth === undefined || auth === "" ? undefined : `Basic ${auth}`;
}

const basic = (login: string): string => `Basic ${Buffer.from(login).toString("base64")}`;

/** The registry goes in by stdin; a helper that has nothing for it ends with an error. */
function ask(helper: string, registry: string): Promise<z.infer<typeof helped> | undefined> {
  return new Promise((resolve) => {
    const child = execFile(helper, ["get"], (error, stdout) =>
      resolve(error === null ? helped.parse(JSON.parse(stdout)) : undefined),
    );
    child.stdin?.on("error", () => {});
    child.stdin?.end(registry);
  });
}
