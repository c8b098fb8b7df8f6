import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { root } from "../root.ts";

// The entry points with stand-ins for the programs that they start; tests/images/ runs the real ones.

let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "entry-points-"));
  mkdirSync(join(work, "bin"));
});
afterEach(() => rmSync(work, { recursive: true }));

const script = (name: string): string => readFileSync(join(root, "cli", "images", "files", name), "utf8");

/** A program that prints its name and its words, one a line; `more` runs before. */
function standIn(name: string, more = ""): string {
  const path = join(work, "bin", name);
  writeFileSync(path, `#!/bin/sh\n${more}\nfor word in ${name} "$@"; do echo "$word"; done\n`);
  chmodSync(path, 0o755);
  return path;
}

function run(text: string, words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const path = `${join(work, "bin")}:/usr/bin:/bin`;
  const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", text, "entry-point", ...words], {
    encoding: "utf8",
    env: { PATH: path, ...environment },
  });
  return { status, lines: stdout.trimEnd().split("\n"), stderr };
}

describe("nginx", () => {
  const wrapper = () => script("nginx.sh").replace("/usr/sbin/nginx.debian", standIn("real"));
  const load = "load_module /usr/lib/nginx/modules/ngx_stream_module.so;";

  test.each([
    [
      ["-c", "/a b.conf", "-g", "daemon off;"],
      ["-c", "/a b.conf", "-g", `${load} daemon off;`],
    ],
    [
      ["-g", "daemon off;", "-c", "/x"],
      ["-c", "/x", "-g", `${load} daemon off;`],
    ],
    [["-t"], ["-t", "-g", load]],
    [[], ["-g", load]],
  ])("%j loads stream beside what was said, in one -g", (words, expected) => {
    expect(run(wrapper(), words).lines).toEqual(["real", ...expected]);
  });

  test("templates are filled with the environment's variables, resolvers among them; nginx's own stay", () => {
    const [templates, output, resolv] = ["templates", "output", "resolv.conf"].map((name) => join(work, name));
    if (templates === undefined || output === undefined || resolv === undefined) return;
    mkdirSync(templates);
    mkdirSync(output);
    writeFileSync(resolv, "# words\nsearch x\nnameserver 10.0.0.1\nnameserver fd00::1\n");
    writeFileSync(join(templates, "a.conf.template"), `resolver \${NGINX_LOCAL_RESOLVERS}; $host`);
    standIn("nginx");
    // Prints what it would replace, then its input.
    writeFileSync(join(work, "bin", "envsubst"), '#!/bin/sh\necho "$1 | $NGINX_LOCAL_RESOLVERS"\ncat\n');
    chmodSync(join(work, "bin", "envsubst"), 0o755);
    const { status, lines } = run(script("nginx-entrypoint.sh").replace("/etc/resolv.conf", resolv), ["nginx", "-t"], {
      NGINX_ENTRYPOINT_LOCAL_RESOLVERS: "1",
      NGINX_ENVSUBST_TEMPLATE_DIR: templates,
      NGINX_ENVSUBST_OUTPUT_DIR: output,
    });
    expect([status, lines]).toEqual([0, ["nginx", "-t"]]);
    const written = readFileSync(join(output, "a.conf"), "utf8");
    expect(written).toContain(`\${NGINX_LOCAL_RESOLVERS} `);
    expect(written).toContain("| 10.0.0.1 [fd00::1]\n");
    expect(written).not.toContain(`\${host}`);
  });

  test("another command than nginx is only started", () => {
    expect(run(script("nginx-entrypoint.sh"), ["echo", "hello"]).lines).toEqual(["hello"]);
  });
});

test("redis: options or a configuration file alone mean the server; other commands stay", () => {
  standIn("redis-server", "umask");
  standIn("redis-cli");
  const entry = script("redis-entrypoint.sh");
  expect(run(entry, ["/etc/redis.conf"]).lines).toEqual(["0077", "redis-server", "/etc/redis.conf"]);
  expect(run(entry, ["--port", "1"]).lines).toEqual(["0077", "redis-server", "--port", "1"]);
  expect(run(entry, ["redis-cli", "ping"]).lines).toEqual(["redis-cli", "ping"]);
});

describe("postgres", () => {
  const data = () => join(work, "data");
  const start = (environment: Readonly<Record<string, string>>) =>
    run(script("postgres-entrypoint.sh"), ["postgres", "-c", "x=1"], { PGDATA: data(), ...environment });

  beforeEach(() => {
    standIn("postgres");
    standIn(
      "initdb",
      `read -r password; echo "password $password"; touch "$PGDATA/PG_VERSION"; echo 15 > "$PGDATA/PG_VERSION"`,
    );
    for (const name of ["pg_ctl", "createdb", "psql"]) standIn(name);
  });

  test("the first start makes user and database, the password through a pipe; the second only starts", () => {
    writeFileSync(join(work, "password"), "s3cret");
    const environment = { POSTGRES_PASSWORD_FILE: join(work, "password"), POSTGRES_USER: "u", POSTGRES_DB: "d" };
    const first = start(environment);
    expect(first.status).toBe(0);
    expect(first.lines.slice(0, 4)).toEqual(["password s3cret", "initdb", "--username=u", "--pwfile=/dev/stdin"]);
    expect(first.lines).toEqual(expect.arrayContaining(["createdb", "--maintenance-db=postgres", "d"]));
    expect(first.lines.slice(-3)).toEqual(["postgres", "-c", "x=1"]);
    expect(readFileSync(join(data(), "pg_hba.conf"), "utf8")).toContain("host all all all scram-sha-256");
    expect(start(environment).lines).toEqual(["postgres", "-c", "x=1"]);
  });

  test("a failure half way leaves no cluster, and no server", () => {
    standIn("createdb", "exit 3");
    const { status, lines } = start({ POSTGRES_PASSWORD: "x", POSTGRES_DB: "d" });
    expect(status).not.toBe(0);
    expect(lines).not.toContain("x=1");
    expect(existsSync(join(data(), "PG_VERSION"))).toBe(false);
  });

  test.each([
    [{}, /POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE must be set/],
    [{ POSTGRES_PASSWORD: "a", POSTGRES_PASSWORD_FILE: "/b" }, /both POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE/],
  ])("%j is refused", (environment, message) => {
    const { status, stderr, lines } = start(environment);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(message);
    expect(lines).not.toContain("postgres");
  });
});
