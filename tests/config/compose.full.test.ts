import { access, constants, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { z } from "zod";
import { baseFile, composePlaces } from "../../cli/render/compose.ts";
import { root } from "../../cli/root.ts";
import { ensureCompose } from "../../cli/setup/compose.ts";
import { probeImage } from "../../components/blueprint.ts";
import { describePlatform, isWorkload, membersOf } from "../../components/specification.ts";
import { composeDocument } from "../../components/targets/compose/document.ts";
import { secretVariable } from "../../components/targets/compose/service.ts";
import { dockerSection } from "../../components/targets/docker/section.ts";
import { replicasOf, secretNames, type WorkloadSpec } from "../../components/workload/index.ts";
import { execute, withFolder } from "../engine/support.ts";
import { settingsOf } from "../support/stacks.ts";

const settings = settingsOf("dev", "docker");
const document = composeDocument({
  workloads: membersOf(describePlatform(settings)).filter(isWorkload),
  section: dockerSection.parse({}),
  naming: { project: "trading-platform", stack: "compose", environment: settings.environment },
  probeImage: probeImage(settings),
  source: ({ name }, path) => `./${name}${path}`,
  secretSource: (name) => `./secrets/${name}`,
});

const secretVariables = Object.fromEntries(secretNames.map((name) => [secretVariable(name), "secret"]));

test("Docker Compose reads dev's file without a word; without a secret it says which", {
  timeout: 600_000,
}, async () => {
  const compose = await ensureCompose();
  await withFolder(async (folder) => {
    const file = join(folder, "compose.yml");
    await writeFile(file, stringify(document));
    const config = (environment: Readonly<Record<string, string>>) =>
      execute(compose, ["--file", file, "config", "--quiet"], { PATH: process.env.PATH, HOME: folder, ...environment });
    expect(await config(secretVariables)).toEqual({ code: 0, stdout: "", stderr: "" });
    const refused = await config({});
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/required variable [A-Z_]+ is missing/);
  });
});

/** What Compose says of a service once it has laid the files over each other; only what is compared. */
const service = z.object({
  image: z.string(),
  user: z.string(),
  scale: z.number().default(1),
  read_only: z.boolean().default(false),
  mem_limit: z.string(),
  cpus: z.number(),
  healthcheck: z.object({ test: z.array(z.string()).min(2), interval: z.string(), timeout: z.string() }),
  ports: z.array(z.object({ target: z.number(), host_ip: z.string() })).default([]),
  volumes: z.array(z.object({ type: z.string(), source: z.string(), target: z.string() })).default([]),
  secrets: z.array(z.object({ source: z.string(), target: z.string() })).default([]),
});
const project = z.object({ services: z.record(z.string(), z.unknown()) });

/** The same of the spec, read by nothing that the renderer uses. */
const stated = (spec: WorkloadSpec) => ({
  user: spec.user.kind === "root" ? "0:0" : `${spec.user.uid}:${spec.user.gid}`,
  scale: replicasOf(spec),
  readOnly: spec.readOnlyRootFilesystem,
  memory: String(spec.resources.memory.limit * 1024 * 1024),
  cpus: spec.resources.cpu.limit / 1000,
  files: [...spec.files, ...spec.secretFiles].map(({ path }) => path).sort(),
});

describe.each(composePlaces())("$file, laid over the base", ({ file, workloads }) => {
  test("is what the specs say: services, users, limits, files, and what is open to everyone [requirement environment/development, environment/production, file/compose]", {
    timeout: 600_000,
  }, async () => {
    const words = ["--file", join(root, baseFile), "--file", join(root, file), "config", "--format", "json"];
    const environment = { PATH: process.env.PATH, HOME: root, ...secretVariables };
    const { code, stdout, stderr } = await execute(await ensureCompose(), words, environment);
    expect([code, stderr]).toEqual([0, ""]);
    const { services } = project.parse(JSON.parse(stdout));
    expect(Object.keys(services).sort()).toEqual([...workloads.map(({ name }) => name), "probe"].sort());

    for (const spec of workloads) {
      const seen = service.parse(services[spec.name]);
      const mounted = [...seen.volumes.filter(({ source }) => source.startsWith(root)), ...seen.secrets];
      expect(
        {
          user: seen.user,
          scale: seen.scale,
          readOnly: seen.read_only,
          memory: seen.mem_limit,
          cpus: seen.cpus,
          files: mounted.map(({ target }) => target).sort(),
        },
        spec.name,
      ).toEqual(stated(spec));
      expect(seen.image).toContain(spec.image.repository);
      // What others may reach from outside is the public ports and nothing else.
      const open = seen.ports.filter(({ host_ip }) => host_ip === "0.0.0.0").map(({ target }) => target);
      const publicPorts = spec.ports.filter(({ exposure }) => exposure === "public").map(({ number }) => number);
      expect(open.sort()).toEqual(file.includes("prod") ? publicPorts.sort() : []);
      for (const { source } of seen.volumes.filter(({ source: path }) => path.startsWith(root)))
        await access(source, constants.R_OK);
    }
  });
});
