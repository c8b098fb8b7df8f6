import { backupName, letInPath } from "../../components/application/backup.ts";
import { componentOf, containersOf, type DockerStack } from "../docker/daemon.ts";
import { composeProject } from "../render/compose.ts";
import type { RestoreWish } from "./cluster.ts";
import type { Wish } from "./elsewhere.ts";

/**
 * What to run where Docker Compose, and not this stack, runs the platform on the daemon; undefined where the stack has a
 * database of its own there, or nobody has.
 */
export async function runInCompose(
  stack: DockerStack,
  wish: Wish,
  request: RestoreWish = {},
): Promise<string | undefined> {
  if ((await containersOf(stack)).some((container) => componentOf(container) === "database")) return undefined;
  const filters = { label: [`project=${composeProject}`, `stack=${stack.stack}`, "component=database"] };
  const [found] = await stack.docker.listContainers({ all: true, filters });
  const data = stack.workloads.find(({ name }) => name === "database")?.variables.PGDATA ?? "";
  return found === undefined ? undefined : composeCommands(stack.stack, found.Labels, data, wish, request);
}

/** The commands, by what Compose has written on its containers. */
export function composeCommands(
  stack: string,
  labels: Readonly<Record<string, string>>,
  data: string,
  wish: Wish,
  { at, force = false }: RestoreWish = {},
): string {
  const label = (name: string): string => labels[`com.docker.compose.${name}`] ?? "";
  const project = label("project");
  const files = label("project.config_files").split(",");
  const compose = [
    `docker compose --project-name ${project} --project-directory ${shown(label("project.working_dir"))}`,
    ...files.map((file) => `--file ${shown(file)}`),
  ].join(" ");
  const words = ["--data", data, ...(at === undefined ? [] : ["--at", at]), ...(force ? ["--force"] : [])].join(" ");
  const volume = `${project}_database-data:${data.slice(0, data.lastIndexOf("/"))}`;
  const commands =
    wish === "restore"
      ? [
          `${compose} stop database && ${compose} stop ${backupName}`,
          `${compose} run --rm --no-deps --volume ${volume} ${backupName} restore ${words}`,
          `${compose} start database ${backupName}`,
          `${compose} exec database sh ${letInPath}`,
        ]
      : [`${compose} exec ${backupName} ${backupName} ${wish}`];
  return [
    `${stack} has no database on this daemon; Docker Compose runs one, as project ${project}. Run there, one after the other:`,
    ...commands.map((line) => `  ${line}`),
    ...(wish === "restore"
      ? ["Whatever it says, go on with the lines after it: what was there stays, and runs again."]
      : []),
  ].join("\n");
}

/** A path as a shell takes it. */
const shown = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`);
