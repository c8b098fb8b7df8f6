import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { packageFiles, type Service, sourceFiles } from "../../cli/images/service-files.ts";
import {
  alertSink,
  backend,
  backendService,
  backup,
  backupService,
  frontend,
  frontendService,
  sinkService,
} from "../../cli/images/services.ts";
import { root } from "../../cli/root.ts";
import { describePlatform, isWorkload, membersOf } from "../../components/specification.ts";
import { settingsOf } from "../support/stacks.ts";
import { assembled, type Said, type Stage, stagesOf } from "./stages.ts";

/**
 * No image builder with a network is at hand, so what a Dockerfile makes is put together without one: the files that its
 * `COPY` takes, where it puts them, and the packages that its `npm ci` would bring. From these alone its program must start.
 */

const services = [
  { name: "backend", service: backendService, recipe: backend },
  { name: "frontend", service: frontendService, recipe: frontend },
  { name: "alert-sink", service: sinkService, recipe: alertSink },
  { name: "backup", service: backupService, recipe: backup },
];
const workloads = membersOf(describePlatform(settingsOf("dev"))).filter(isWorkload);

const read = (dockerfile: string): readonly Stage[] => stagesOf(readFileSync(join(root, dockerfile), "utf8"));
const all = globSync("{services,tools}/*/Dockerfile", { cwd: root }).sort();

const said = (stage: Stage | undefined, keyword: string): readonly Said[] =>
  stage?.instructions.filter((each) => each.keyword === keyword) ?? [];

/** What `npm ci --omit=dev` and the frontend's own build leave. */
function ran(service: Service) {
  return (_: Stage, words: readonly string[], folder: string): void => {
    if (words.includes("ci")) {
      for (const [path, content] of packageFiles(service)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content);
      }
    }
    // As the line before it in the Dockerfile.
    if (words.includes("package.json")) writeFileSync(join(folder, "package.json"), '{"type":"module"}\n');
    const program = words.find((word) => word.endsWith("build.ts"));
    if (program === undefined) return;
    const target = join(folder, "..", words.at(-1) ?? "");
    const built = spawnSync(process.execPath, [join(folder, program), target], { cwd: folder, encoding: "utf8" });
    expect(built.status, built.stderr).toBe(0);
  };
}

test("each image of our own has one, and no other is there", () => {
  expect(all).toEqual([...services.map(({ name }) => `services/${name}/Dockerfile`), "tools/probe/Dockerfile"].sort());
});

describe.each(all)("%s", (dockerfile) => {
  const stages = read(dockerfile);
  const last = stages.at(-1);

  test("takes files by COPY from the checkout alone, never all of it, and is built on pinned images", () => {
    const own = stages.map(({ name }) => name);
    for (const { base } of stages.filter((each) => each.base !== "scratch" && !own.includes(each.base)))
      expect(base).toMatch(/^[a-z.]+\/[\w./-]+:\d+\.\d+[\w.-]*$/);
    for (const stage of stages) {
      expect(said(stage, "ADD")).toEqual([]);
      for (const { words } of said(stage, "COPY")) expect(words.slice(0, -1)).not.toContain(".");
    }
  });

  test("says which version and revision it is: both are arguments of its last stage, where they are used", () => {
    expect(said(last, "ARG").map(({ words }) => words[0])).toEqual(["VERSION", "REVISION"]);
    const labels = said(last, "LABEL").flatMap(({ words }) => words);
    expect(labels.map((label) => label.replaceAll('"', ""))).toEqual([
      `org.opencontainers.image.title=${dockerfile.split("/")[1]}`,
      "org.opencontainers.image.version=$VERSION",
      "org.opencontainers.image.revision=$REVISION",
    ]);
  });
});

describe.each(services)("the image of $name, put together as its Dockerfile says", ({ name, service, recipe }) => {
  const dockerfile = `services/${name}/Dockerfile`;
  const stages = read(dockerfile);
  const last = stages.at(-1);

  function made(): string {
    const folder = mkdtempSync(join(tmpdir(), "dockerfile-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const ofBases = ["/usr/local/bin/node"];
    return assembled(stages, { checkout: root, dockerfile, folder, ofBases, ran: ran(service) });
  }

  test("has its source and nothing of its tests, and starts from that alone", { timeout: 120_000 }, () => {
    const whole = made();
    const files = globSync("app/**/*", { cwd: whole, exclude: ["**/node_modules"] });
    const built = service.built?.folder ?? "nothing is built";
    // The one at the top says what Node has to know.
    const wanted = [...sourceFiles(service).keys()].filter(
      (path) => !path.startsWith(`${built}/`) && !path.endsWith("/package.json"),
    );
    expect(files).toEqual(expect.arrayContaining(wanted.map((path) => join("app", path))));
    expect(files.filter((path) => /\.test\.ts$|\/testing\/|\.env|\.pem$|secrets\.json$/.test(path))).toEqual([]);
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(whole, "app", service.workspace, "main.ts"), ...(recipe.config.command ?? [])],
      { cwd: join(whole, "app"), env: { PORT: "eighty" }, encoding: "utf8", timeout: 60_000 },
    );
    // It came as far as its configuration, and every line is its own.
    expect(status, stderr).toBe(2);
    expect(stderr).toMatch(new RegExp(`^${name}: PORT\\b`, "m"));
    expect(
      stderr
        .trim()
        .split("\n")
        .filter((line) => !line.startsWith(`${name}: `)),
    ).toEqual([]);
  });

  test("starts that program, as the user, with the command and at the port of its spec", () => {
    const users = said(last, "USER").map(({ words }) => words[0]);
    const { user } = workloads.find((workload) => workload.name === name) ?? expect.unreachable();
    expect(users).toEqual([user.kind === "root" ? "0:0" : `${user.uid}:${user.gid}`]);
    // What runs after it would be that user's, and what is written before it is root's: nobody else may change the program.
    const after = last?.instructions.slice(last.instructions.findIndex(({ keyword }) => keyword === "USER") + 1) ?? [];
    expect(after.map(({ keyword }) => keyword).filter((keyword) => ["RUN", "COPY"].includes(keyword))).toEqual([]);
    expect(said(last, "EXPOSE").map(({ words }) => words)).toEqual([recipe.config.ports?.map(String)]);
    expect(said(last, "CMD").map(({ words }) => words)).toEqual(
      recipe.config.command === undefined ? [] : [recipe.config.command],
    );
    const [{ words: entry } = expect.unreachable()] = said(last, "ENTRYPOINT");
    const main = `/app/${service.workspace}/main.ts`;
    const script = said(last, "RUN").flatMap(({ words }) => words);
    if (entry[0] === "node") expect(entry).toEqual(["node", main]);
    else {
      expect(entry).toEqual([name]);
      expect(script).toContain(`/usr/local/bin/${name}`);
      expect(script.join(" ")).toContain(`exec node ${main}`);
    }
  });
});

test("the probe's sources are all that its program is made of", () => {
  const copied = stagesOf(readFileSync(join(root, "tools/probe/Dockerfile"), "utf8"))
    .flatMap((stage) => said(stage, "COPY"))
    .filter(({ from }) => from === undefined)
    .flatMap(({ words }) => words.slice(0, -1));
  const sources = globSync("tools/probe/{*.go,go.*}", { cwd: root }).filter((path) => !path.endsWith("_test.go"));
  expect(copied.sort()).toEqual(sources.sort());
});

test("what is copied is told when it is not there", () => {
  const folder = mkdtempSync(join(tmpdir(), "dockerfile-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const dockerfile = "services/backend/Dockerfile";
  const tried = (text: string) => () =>
    assembled(stagesOf(text), { checkout: root, dockerfile, folder, ofBases: [], ran: () => {} });
  expect(tried("FROM scratch\nCOPY services/gone /app/")).toThrow("copies services/gone: no such file is there");
  expect(tried("FROM scratch\nCOPY services/backend/testing /app/")).toThrow("its .dockerignore leaves it out");
  expect(tried("FROM scratch AS a\nFROM scratch\nCOPY --from=b /x /y")).toThrow("there is no such stage before");
  expect(tried("FROM scratch AS a\nFROM scratch\nCOPY --from=a /x /y")).toThrow("the stage has no such file");
});
