import { beforeAll, describe, expect, test } from "vitest";
import { type Rendered, type Rendering, render, secretMark } from "../../../tests/support/render.ts";
import { settingsOf } from "../../../tests/support/stacks.ts";
import { describePlatform } from "../../specification.ts";

let rendering: Rendering;

beforeAll(async () => {
  const settings = settingsOf("dev", "docker");
  rendering = await render(settings, describePlatform(settings));
}, 120_000);

function resource(kind: "container:Container" | "volume:Volume" | "network:Network", name: string): Rendered {
  const found = rendering.resources.find((one) => one.type === `docker:index/${kind}` && one.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

const container = (name: string): Rendered => resource("container:Container", name);

describe("the gateway: stateless, owner of host ports", () => {
  test("publishes customers' ports and the forwarded ones, each where the settings say", () => {
    expect(container("gateway").inputs.ports).toEqual([
      { internal: 80, external: 80, ip: "127.0.0.1", protocol: "tcp" },
      { internal: 443, external: 443, ip: "127.0.0.1", protocol: "tcp" },
      { internal: 8000, external: 8000, ip: "127.0.0.1", protocol: "tcp" },
      { internal: 3000, external: 3000, ip: "127.0.0.1", protocol: "tcp" },
    ]);
    expect(container("gateway").options.deleteBeforeReplace).toBe(true);
  });

  test("runs without rights beyond its user's", () => {
    expect(container("gateway").inputs).toMatchObject({
      user: "101:101",
      readOnly: true,
      capabilities: { drops: ["ALL"] },
      securityOpts: ["no-new-privileges:true"],
      sysctls: { "net.ipv4.ip_unprivileged_port_start": "0" },
    });
  });

  test("finds its files in volumes that a container which is never started has filled", () => {
    const loader = container("gateway-files").inputs;
    expect(loader).toMatchObject({ start: false, mustRun: false, networkMode: "none" });
    expect(loader.uploads).toContainEqual({
      file: "/etc/gateway-tls/key.pem",
      contentBase64: Buffer.from(secretMark("tlsPrivateKey")).toString("base64"),
      permissions: "0440",
      owner: "0",
      group: "101",
    });
    expect(container("gateway-files").secret).toEqual(["uploads"]);
    const mounts = container("gateway").inputs.volumes;
    for (const folder of ["etc-gateway", "etc-gateway-templates", "etc-gateway-tls"]) {
      const { name } = resource("volume:Volume", `gateway-${folder}`).inputs;
      expect(mounts).toContainEqual({
        volumeName: name,
        containerPath: `/${folder.replace("-", "/")}`,
        readOnly: true,
      });
    }
    expect(container("gateway").options.dependsOn).toContain("gateway-files");
  });
});

describe("the backend: stateless", () => {
  test("is replaced by its successor, not by a gap", () => {
    const { inputs, options } = container("backend");
    expect(options.deleteBeforeReplace).toBe(false);
    expect(inputs).toMatchObject({ wait: true, waitTimeout: 300, restart: "unless-stopped", ports: [] });
    expect(inputs).not.toHaveProperty("name");
  });

  test("is asked for readiness from inside, its start given two minutes", () => {
    expect(container("backend").inputs.healthcheck).toEqual({
      tests: ["CMD", "wget", "-q", "-O", "/dev/null", "-T", "2", "http://127.0.0.1:8000/api/v1/health/ready"],
      interval: "5s",
      timeout: "2s",
      retries: 3,
      startPeriod: "2m0s",
      startInterval: "5s",
    });
  });

  test("starts after the database and the cache, and is known by its name to who connects to it", () => {
    const { inputs, options } = container("backend");
    expect(options.dependsOn).toEqual(expect.arrayContaining(["database", "cache"]));
    const own = resource("network:Network", "network-backend");
    expect(inputs.networksAdvanced).toContainEqual({ name: own.id, aliases: ["backend"] });
    expect(own.inputs.internal).toBe(true);
  });
});

describe("the database: stateful", () => {
  test("keeps its volume when the stack goes, and never runs twice on it", () => {
    const volume = resource("volume:Volume", "database-data");
    expect(volume.options.retainOnDelete).toBe(true);
    expect(container("database").inputs.volumes).toContainEqual({
      volumeName: volume.inputs.name,
      containerPath: "/var/lib/postgresql/data",
    });
    expect(container("database").options.deleteBeforeReplace).toBe(true);
  });

  test("is on no network with a way out that others share, and publishes on loopback", () => {
    expect(container("database").inputs.ports).toEqual([
      { internal: 5432, external: 5432, ip: "127.0.0.1", protocol: "tcp" },
    ]);
    const egress = resource("network:Network", "network-egress");
    expect(egress.inputs).toMatchObject({
      internal: false,
      options: { "com.docker.network.bridge.enable_icc": "false" },
    });
  });
});

describe("promtail: once a host, as root, without a shell in its image", () => {
  test("says why it is root, and is asked by the probe binary from its volume", () => {
    const { inputs } = container("promtail");
    expect(inputs.user).toBe("0:0");
    expect(inputs.labels).toContainEqual({
      label: "trading-platform/root-reason",
      value: expect.stringMatching(/logs on the host/),
    });
    expect(inputs.healthcheck).toMatchObject({
      tests: ["CMD", "/probe/probe", "http", "http://127.0.0.1:9080/ready", "2"],
    });
    const probe = resource("volume:Volume", "probe").inputs.name;
    expect(inputs.volumes).toContainEqual({ volumeName: probe, containerPath: "/probe", readOnly: true });
    expect(container("probe").inputs).toMatchObject({
      start: false,
      volumes: [{ volumeName: probe, containerPath: "/probe" }],
    });
  });
});

test("every image is pulled once, and stays on the host", () => {
  const images = rendering.resources.filter(({ type }) => type === "docker:index/remoteImage:RemoteImage");
  const names = images.map(({ inputs }) => inputs.name);
  expect(new Set(names).size).toBe(names.length);
  expect(images.every(({ inputs }) => inputs.keepLocally === true)).toBe(true);
});

test("everything on the daemon says whose it is", () => {
  const labelled = rendering.resources.filter(({ type }) => /container|volume|network/.test(type));
  for (const { inputs } of labelled) {
    expect(inputs.labels).toEqual(
      expect.arrayContaining([
        { label: "project", value: "trading-platform" },
        { label: "stack", value: "dev" },
        { label: "environment", value: "development" },
        { label: "component", value: expect.any(String) },
      ]),
    );
  }
});

test("no secret is anywhere but in variables and uploads", () => {
  const elsewhere = rendering.resources.map(({ inputs }) => ({ ...inputs, envs: undefined, uploads: undefined }));
  expect(JSON.stringify(elsewhere)).not.toMatch(/<value of /);
  expect(JSON.stringify(rendering.outputs)).not.toMatch(/<value of /);
});

test("a person reads where it answers", () => {
  expect(rendering.outputs).toMatchObject({
    "gateway-https": "https://127.0.0.1:443",
    "backend-http": "http://127.0.0.1:8000",
    "frontend-http": "http://127.0.0.1:3000",
    "prometheus-http": "http://127.0.0.1:9090",
    "database-postgres": "127.0.0.1:5432",
  });
  expect(rendering.outputs).not.toHaveProperty("gateway-backend");
});
