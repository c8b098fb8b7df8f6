import { dirname } from "node:path/posix";
import { backupName, letInPath } from "../../components/application/backup.ts";
import { componentOf, containersOf, type DockerStack } from "../docker/daemon.ts";
import { composeProject } from "../render/compose.ts";
import type { Wish } from "./elsewhere.ts";
import { dataFolderOf, goOnAdvice, type RestoreRequest, restoreWords } from "./request.ts";

/**
 * What to run where Docker Compose, and not this stack, runs the platform on the daemon; undefined where the stack has a
 * database of its own there, or nobody has.
 */
export async function runInCompose(
  stack: DockerStack,
  wish: Wish,
  request: RestoreRequest = {},
): Promise<string | undefined> {
  if ((await containersOf(stack)).some((container) => componentOf(container) === "database")) return undefined;
  const filters = { label: [`project=${composeProject}`, `stack=${stack.stack}`, "component=database"] };
  const [found] = await stack.docker.listContainers({ all: true, filters });
  return found === undefined
    ? undefined
    : composeCommands(stack.stack, found.Labels, dataFolderOf(stack.workloads), wish, request);
}

/** The commands, by what Compose has written on its containers. */
export function composeCommands(
  stack: string,
  labels: Readonly<Record<string, string>>,
  data: string,
  wish: Wish,
  request: RestoreRequest = {},
): string {
  const label = (name: string): string => labels[`com.docker.compose.${name}`] ?? "";
  const project = label("project");
  const files = label("project.config_files").split(",");
  const compose = [
    `docker compose --project-name ${project} --project-directory ${shown(label("project.working_dir"))}`,
    ...files.map((file) => `--file ${shown(file)}`),
  ].join(" ");
  const volume = `${project}_database-data:${dirname(data)}`;
  const commands =
    wish === "restore"
      ? [
          `${compose} stop database && ${compose} stop ${backupName}`,
          `${compose} run --rm --no-deps --volume ${volume} ${backupName} ${restoreWords(data, request).join(" ")}`,
          `${compose} start database ${backupName}`,
          `${compose} exec database sh ${letInPath}`,
        ]
      : [`${compose} exec ${backupName} ${backupName} ${wish}`];
  return [
    `${stack} has no database on this daemon; Docker Compose runs one, as project ${project}. Run there, one after the other:`,
    ...commands.map((line) => `  ${line}`),
    ...(wish === "restore" ? [goOnAdvice] : []),
  ].join("\n");
}

/** A path as a shell takes it. */
const shown = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`);
