import { expect, test } from "vitest";
import { imageConfiguration, recipeDigest, recipeLabel } from "./configuration.ts";
import { postgres, redis } from "./debian.ts";
import { promtail } from "./monitoring.ts";

test("a container runtime is told user, entry point, ports, volumes, and that the image is our own", () => {
  const configuration = imageConfiguration(postgres, "sha256:1", "abc", "amd64");
  expect(configuration).toMatchObject({
    architecture: "amd64",
    os: "linux",
    rootfs: { type: "layers", diff_ids: ["sha256:1"] },
    config: {
      User: "70:70",
      Entrypoint: ["docker-entrypoint.sh"],
      Cmd: ["postgres"],
      ExposedPorts: { "5432/tcp": {} },
      Volumes: { "/var/lib/postgresql/data": {} },
      StopSignal: "SIGINT",
      Labels: { [recipeLabel]: "abc", "org.opencontainers.image.version": "17" },
    },
  });
  expect(configuration.config.Env).toContain("PGDATA=/var/lib/postgresql/data");
  expect(configuration.config.Env.filter((each) => each.startsWith("PATH="))).toHaveLength(1);
});

test("what the recipe does not say is left to the runtime", () => {
  const { config } = imageConfiguration(promtail, "sha256:1", "abc", "arm64");
  expect(Object.keys(config)).toEqual(["Env", "Entrypoint", "Cmd", "Labels"]);
});

test("the digest changes with what the image is made of, and with nothing else", () => {
  const files = ["redis-server_8.0_amd64.deb", "nginx_1.26_amd64.deb"];
  const digest = recipeDigest(redis, files, "amd64");
  expect(recipeDigest({ ...redis, differences: [] }, [...files].reverse(), "amd64")).toBe(digest);
  expect(recipeDigest(redis, ["redis-server_8.0_amd64.deb", "nginx_1.28_amd64.deb"], "amd64")).toBe(digest);
  const others = [
    recipeDigest(redis, ["redis-server_8.1_amd64.deb"], "amd64"),
    recipeDigest(redis, files, "arm64"),
    recipeDigest({ ...redis, parts: redis.parts.slice(1) }, files, "amd64"),
    recipeDigest({ ...redis, config: { ...redis.config, user: "0" } }, files, "amd64"),
    recipeDigest(promtail, files, "amd64"),
  ];
  expect(new Set([digest, ...others]).size).toBe(6);
});
