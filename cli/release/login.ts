import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { RegistryUser } from "../registry/distribution.ts";

const file = z.looseObject({
  auths: z.record(z.string(), z.looseObject({ auth: z.string().optional() })).default({}),
  credHelpers: z.record(z.string(), z.string()).default({}),
  credsStore: z.string().optional(),
});

/** What `docker-credential-… get` prints. */
const helped = z.looseObject({ Username: z.string(), Secret: z.string() });

/**
 * Who `docker login` has logged in to a registry: in Docker's own file, or by the helper that it names (docs.docker.com,
 * "docker login", "Credential stores"). Undefined for nobody.
 */
export async function dockerLogin(registry: string): Promise<RegistryUser | undefined> {
  const path = join(process.env.DOCKER_CONFIG ?? join(homedir(), ".docker"), "config.json");
  const { auths, credHelpers, credsStore } = file.parse(JSON.parse(await readFile(path, "utf8").catch(() => "{}")));
  const helper = credHelpers[registry] ?? credsStore;
  const said = helper === undefined ? undefined : await ask(`docker-credential-${helper}`, registry);
  if (said !== undefined) return { name: said.Username, password: said.Secret };
  const [name = "", ...password] = Buffer.from(auths[registry]?.auth ?? "", "base64")
    .toString("utf8")
    .split(":");
  return name === "" ? undefined : { name, password: password.join(":") };
}

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
