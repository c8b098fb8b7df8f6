import { expect, test } from "vitest";
import { composeCommands } from "./compose.ts";

const labels = {
  "com.docker.compose.project": "trading-platform-compose-dev",
  "com.docker.compose.project.working_dir": "/home/ada/the platform",
  "com.docker.compose.project.config_files": "/home/ada/the platform/docker-compose.yml,/srv/docker-compose.dev.yml",
};
const data = "/var/lib/postgresql/data/pgdata";
const compose =
  "docker compose --project-name trading-platform-compose-dev --project-directory '/home/ada/the platform' --file '/home/ada/the platform/docker-compose.yml' --file /srv/docker-compose.dev.yml";

test("what Compose runs is restored by its own commands, the database down before its backup", () => {
  expect(
    composeCommands("dev", labels, data, "restore", { at: "2026-11-25T21:30:00Z", force: true }).split("\n"),
  ).toEqual([
    "dev has no database on this daemon; Docker Compose runs one, as project trading-platform-compose-dev. Run there, one after the other:",
    `  ${compose} stop database && ${compose} stop backup`,
    `  ${compose} run --rm --no-deps --volume trading-platform-compose-dev_database-data:/var/lib/postgresql/data backup restore --data ${data} --at 2026-11-25T21:30:00Z --force`,
    `  ${compose} start database backup`,
    `  ${compose} exec database sh /docker-entrypoint-initdb.d/backup.sh`,
    "Whatever it says, go on with the lines after it: what was there stays, and runs again.",
  ]);
});

test.each(["list", "now"] as const)("%s is asked of the process that runs there", (wish) => {
  expect(composeCommands("dev", labels, data, wish)).toContain(`\n  ${compose} exec backup backup ${wish}`);
});
