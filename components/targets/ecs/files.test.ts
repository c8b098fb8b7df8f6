import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fileVolumes, preparationScript, storedFiles } from "./files.ts";
import { edge } from "./samples.ts";

const root = { kind: "root", reason: "test" } as const;

test("files in and below one folder share a volume; none lies in another", () => {
  const name = fc.stringMatching(/^[a-z]{1,2}$/);
  const path = fc.array(name, { minLength: 2, maxLength: 4 }).map((parts) => `/${parts.join("/")}`);
  fc.assert(
    fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 8 }), (paths) => {
      const volumes = fileVolumes({
        ...edge,
        secretFiles: [],
        files: paths.map((each) => ({ path: each, content: "" })),
      });
      for (const each of paths) expect(volumes.filter((volume) => each.startsWith(`${volume.path}/`))).toHaveLength(1);
    }),
  );
});

test("a file's key changes with its content alone", () => {
  const [before] = storedFiles(edge);
  const [same] = storedFiles({ ...edge });
  const [after] = storedFiles({ ...edge, files: [{ path: "/etc/gateway/nginx.conf", content: "other" }] });
  expect(same?.key).toBe(before?.key);
  expect(after?.key).not.toBe(before?.key);
});

test("the script writes a secret whole, closed to others, whatever is around it", () => {
  const folder = mkdtempSync(join(tmpdir(), "prepare-"));
  try {
    const value = `a'b"c $HOME \\ %s\n`;
    const script = preparationScript(
      {
        ...edge,
        user: root,
        files: [],
        volumes: [],
        secretFiles: [{ path: "/etc/x/y/auth.conf", secret: "cachePassword", template: 'it\'s "{}" %d\n' }],
      },
      "bucket",
    )
      .replaceAll("/prepare/", `${folder}/`)
      // Giving files away takes root, which a test need not be.
      .replaceAll(/^chown .*$/gm, "true");
    execFileSync("/bin/sh", ["-euc", script], { env: { PATH: "/usr/bin:/bin", SECRET_0: value } });
    const written = join(folder, "files-0/auth.conf");
    expect(readFileSync(written, "utf8")).toBe(`it's "${value}" %d\n`);
    expect(statSync(written).mode & 0o777).toBe(0o400);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
