import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { readAssets } from "../../services/frontend/assets.ts";
import { productVersions } from "../../stacks/product-versions.ts";
import { root } from "../root.ts";
import { node } from "../setup/node.ts";
import { imageFiles, packageFiles, productionPackages, serviceHash, sourceFiles } from "./service-files.ts";
import {
  alertSink,
  backend,
  backendService,
  backup,
  backupService,
  frontend,
  frontendService,
  sinkService,
} from "./services.ts";

const { workspaces }: { workspaces: readonly string[] } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const lockText = readFileSync(join(root, "package-lock.json"), "utf8");

const lock = {
  packages: {
    "": { dependencies: { top: "1" } },
    "services/shop": { dependencies: { a: "1", b: "1" }, optionalDependencies: { missing: "1" } },
    "node_modules/a": { dependencies: { b: "2", c: "1" } },
    "node_modules/a/node_modules/b": {},
    "node_modules/b": { dependencies: { a: "1" } },
    "node_modules/c": {},
    "node_modules/top": {},
  },
};

describe("packages that a service runs with", () => {
  test("are found as Node finds them, each once, and no other", () => {
    expect(productionPackages(lock, "services/shop")).toEqual([
      ...["node_modules/a", "node_modules/a/node_modules/b", "node_modules/b", "node_modules/c"],
    ]);
  });
  test("that the lock file does not have are told", () => {
    const broken = { packages: { "services/shop": { dependencies: { z: "1" } } } };
    expect(() => productionPackages(broken, "services/shop")).toThrow("has no z, which services/shop needs");
  });
});

describe("the packages in an image that its Dockerfile makes", () => {
  test.each([
    ["backend", backendService],
    ["alert-sink", sinkService],
    ["backup", backupService],
  ])("%s: the same files as here, none that no program reads", { timeout: 120_000 }, (name, service) => {
    const text = readFileSync(join(root, "services", name, "Dockerfile"), "utf8");
    expect(text).toContain("COPY cli/images/unread.ts ./\n");
    expect(text).toMatch(/^RUN npm ci .* --omit=dev .*\\\n && node unread\.ts node_modules\n/m);
    const folder = mkdtempSync(join(tmpdir(), "trimmed-"));
    try {
      for (const each of productionPackages(JSON.parse(lockText), service.workspace)) {
        cpSync(join(root, each), join(folder, each), { recursive: true, filter: (path) => !path.endsWith("/.bin") });
      }
      // As npm links a workspace: its own files are none of a package's.
      mkdirSync(join(folder, "services"));
      writeFileSync(join(folder, "services/own.ts"), "");
      symlinkSync("../services", join(folder, "node_modules/own"));
      const { status, stderr } = spawnSync(process.execPath, [join(root, "cli/images/unread.ts"), "node_modules"], {
        cwd: folder,
        encoding: "utf8",
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(readdirSync(join(folder, "services"))).toEqual(["own.ts"]);
      rmSync(join(folder, "node_modules/own"));
      const left = readdirSync(join(folder, "node_modules"), { recursive: true, withFileTypes: true });
      const paths = left.filter((entry) => entry.isFile()).map(({ parentPath, name: own }) => join(parentPath, own));
      expect(paths.map((path) => relative(folder, path)).sort()).toEqual([...packageFiles(service).keys()].sort());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the alert sink", () => {
  const text = readFileSync(join(root, "services/alert-sink/Dockerfile"), "utf8");
  test("comes with the packages that read mail, and nothing of its tests", () => {
    const files = [...packageFiles(sinkService).keys()];
    for (const name of ["mailparser", "smtp-server", "zod"])
      expect(files).toContain(`node_modules/${name}/package.json`);
    expect([...sourceFiles(sinkService).keys()].filter((path) => path.endsWith(".test.ts"))).toEqual([]);
  });
  test("is in its Dockerfile as it is here: the same Node, workspaces, user and port", () => {
    const bases = [...text.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(new Set(bases)).toEqual(new Set([`docker.io/library/node:${node.version}-alpine`]));
    for (const workspace of workspaces) expect(text).toContain(`COPY ${workspace}/package.json ${workspace}/`);
    expect(text).toContain(`USER ${alertSink.config.user}\n`);
    expect(text).toContain(`EXPOSE ${alertSink.config.ports}\n`);
  });
});

describe("the backup", () => {
  const text = readFileSync(join(root, "services/backup/Dockerfile"), "utf8");
  test("is its source and the package that encrypts, and imports nothing else", () => {
    const files = [...packageFiles(backupService).keys()];
    expect(files).toContain("node_modules/age-encryption/package.json");
    const sources = sourceFiles(backupService);
    for (const [path, content] of sources) {
      if (!path.endsWith(".ts")) continue;
      for (const [, specifier = ""] of content.toString().matchAll(/from "(\.[^"]+)"/g)) {
        expect([...sources.keys()], `${path} imports ${specifier}`).toContain(join(path, "..", specifier));
      }
    }
  });
  test("is in its Dockerfile as it is here: the same Node, PostgreSQL, workspaces, user, port and entry", () => {
    const bases = [...text.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(bases).toEqual([
      `docker.io/library/node:${node.version}-alpine`,
      `docker.io/library/postgres:${productVersions.postgres}`,
    ]);
    for (const workspace of workspaces) expect(text).toContain(`COPY ${workspace}/package.json ${workspace}/`);
    expect(text).toContain(`USER ${backup.config.user}\n`);
    expect(text).toContain(`EXPOSE ${backup.config.ports}\n`);
    expect(text).toContain(`CMD ${JSON.stringify(backup.config.command)}\n`);
    for (const volume of backup.config.volumes ?? []) expect(text).toContain(volume);
  });
});

describe("the backend", () => {
  const sources = sourceFiles(backendService);
  test("is all of its source and nothing of its tests", () => {
    expect([...sources.keys()]).toEqual(expect.arrayContaining(["services/backend/main.ts", ...backendService.beside]));
    expect([...sources.keys()].filter((path) => /\.test\.ts$|\/testing\//.test(path))).toEqual([]);
  });
  test("imports nothing that is not in its image", () => {
    for (const [path, content] of sources) {
      if (!path.endsWith(".ts")) continue;
      for (const [, specifier = ""] of content.toString().matchAll(/from "(\.[^"]+)"/g)) {
        expect([...sources.keys()], `${path} imports ${specifier}`).toContain(join(path, "..", specifier));
      }
    }
  });
  test("comes with the packages of its package.json, with their licences, without types", () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, "services/backend/package.json"), "utf8"));
    const files = [...packageFiles(backendService).keys()];
    for (const name of Object.keys(dependencies)) expect(files).toContain(`node_modules/${name}/package.json`);
    expect(files).toContain("node_modules/fastify/LICENSE");
    expect(files.filter((file) => file.endsWith(".d.ts"))).toEqual([]);
    expect(files.filter((file) => /node_modules\/(?:@pulumi|typescript|vitest)\//.test(file))).toEqual([]);
  });
  test("is in its Dockerfile as it is here: the same Node, files, user and entry", () => {
    const text = readFileSync(join(root, "services/backend/Dockerfile"), "utf8");
    const bases = [...text.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(new Set(bases)).toEqual(new Set([`docker.io/library/node:${node.version}-alpine`]));
    for (const path of backendService.beside) expect(text).toContain(`COPY ${path} `);
    for (const workspace of workspaces) expect(text).toContain(`COPY ${workspace}/package.json ${workspace}/`);
    expect(text).toContain(`USER ${backend.config.user}\n`);
    expect(text).toContain(`CMD ${JSON.stringify(backend.config.command)}\n`);
  });
  test("has a hash that stays, and changes with what belongs to it", () => {
    expect(serviceHash(backendService)).toBe(serviceHash(backendService));
    expect(serviceHash({ ...backendService, beside: [] })).not.toBe(serviceHash(backendService));
  });
});

describe("the frontend", () => {
  test("is its source and its page, without a package", () => {
    const paths = [...sourceFiles(frontendService).keys()];
    for (const name of ["main.ts", "page/index.html", "page/style.css", "page/favicon.svg", "page/main.ts"]) {
      expect(paths).toContain(`services/frontend/${name}`);
    }
    expect(packageFiles(frontendService).size).toBe(0);
  });
  test("hands out the same files as the checkout, and calls nothing experimental", async ({ onTestFinished }) => {
    const folder = mkdtempSync(join(tmpdir(), "frontend-image-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const files = imageFiles(frontendService);
    expect([...files.keys()].filter((path) => /\/page\/.*\.ts$/.test(path))).toEqual([]);
    for (const [path, content] of [...files, ["package.json", '{"type":"module"}'] as const]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const program = `
      import { readAssets } from "./services/frontend/assets.ts";
      console.log(JSON.stringify(Object.fromEntries([...readAssets()].map(([path, { type, etag }]) => [path, [type, etag]]))));`;
    const ran = spawnSync(process.execPath, ["--input-type=module", "--eval", program], { cwd: folder });
    expect(ran.stderr.toString()).toBe("");
    const here = [...readAssets()].map(([path, { type, etag }]) => [path, [type, etag]]);
    expect(JSON.parse(ran.stdout.toString())).toEqual(Object.fromEntries(here));
  });
  test("is in its Dockerfile as it is here: the same Node, files, user and entry", () => {
    const text = readFileSync(join(root, "services/frontend/Dockerfile"), "utf8");
    expect(text).toContain(`FROM docker.io/library/node:${node.version}-alpine`);
    for (const path of frontendService.beside) expect(text).toContain(`COPY ${path} `);
    expect(text).toContain(`USER ${frontend.config.user}\n`);
    expect(text).toContain(`EXPOSE ${frontend.config.ports}\n`);
  });
});
