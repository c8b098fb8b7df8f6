import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type Docker from "dockerode";
import { componentOf, containersOf } from "../../../cli/docker/daemon.ts";
import { logOf } from "../../../offline/docker/daemon/container-log.ts";

/** Something that a secret's value must not stand in. */
export interface Place {
  readonly name: string;
  readonly text: string;
}

/** Which secrets stand where, in clear, as JSON or a URL has it, or as base64: `<name> in <place>`. */
export function tracesIn(secrets: ReadonlyMap<string, string>, places: readonly Place[]): readonly string[] {
  return places.flatMap(({ name: place, text }) =>
    [...secrets]
      .filter(([, value]) => formsOf(value).some((form) => text.includes(form)))
      .map(([name]) => `${name} in ${place}`),
  );
}

const formsOf = (value: string): readonly string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value),
  // Its last characters depend on what follows.
  Buffer.from(value).toString("base64").slice(0, -4),
];

/** Every line that dev's containers have written. */
export async function writtenLines(docker: Docker): Promise<readonly Place[]> {
  const containers = await containersOf({ docker, stack: "dev" });
  return Promise.all(
    containers.map(async (each) => ({
      name: `what ${componentOf(each)} wrote`,
      text: await logOf(docker.getContainer(each.Id), false),
    })),
  );
}

/** Arguments of all their processes. */
export async function processArguments(docker: Docker): Promise<readonly Place[]> {
  const running = (await containersOf({ docker, stack: "dev" })).filter(({ State }) => State === "running");
  return Promise.all(
    running.map(async (each) => ({
      name: `the arguments of ${componentOf(each)}`,
      text: JSON.stringify(await docker.getContainer(each.Id).top()),
    })),
  );
}

/** What `docker inspect` says of each container: its environment by name, and all the rest. */
export async function inspected(docker: Docker) {
  const containers = await containersOf({ docker, stack: "dev" });
  return Promise.all(
    containers.map(async (each) => {
      const { Config, ...others } = await docker.getContainer(each.Id).inspect();
      const { Env, ...config } = Config;
      const component = componentOf(each);
      return {
        component,
        variables: Env.map((line): Place => {
          const [name = ""] = line.split("=");
          return { name: `${component}.${name}`, text: line.slice(name.length + 1) };
        }),
        rest: { name: `docker inspect of ${component}`, text: JSON.stringify({ config, others }) } satisfies Place,
      };
    }),
  );
}

/** Every file of a folder, but for those of these names. */
export async function filesUnder(folder: string, but: readonly string[] = []): Promise<readonly Place[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    all
      .filter((entry) => entry.isFile() && !but.includes(entry.name))
      .map(async ({ parentPath, name }) => {
        const file = join(parentPath, name);
        return { name: file, text: await readFile(file, "utf8") };
      }),
  );
}
