import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { image, type SecretAgent } from "../../workload/index.ts";
import { configMapName, fileKey, liveEntries, mountedFiles, secretEntries } from "./files.ts";

const nginx = image({ repository: "docker.io/library/nginx", version: "1.28.0-alpine" });
const sources = { configMap: "gateway-0a1b2c3d4e", secret: "gateway-secrets-1" };
const file = (path: string) => ({ path, content: "" });
const agentOf = (paths: readonly string[]): SecretAgent => ({
  image: image({ repository: "docker.io/hashicorp/vault", version: "1.21.0" }),
  vault: { address: "https://vault.example.com", mount: "secret" },
  role: "trading-prod-gateway",
  login: { kind: "kubernetes", mount: "kubernetes" },
  files: paths.map((path) => ({ path, secret: "cachePassword", entry: "a", key: "b" })),
});
const mount = (
  paths: readonly string[],
  secretPaths: readonly string[] = [],
  { fetched = [] }: { readonly fetched?: readonly string[] } = {},
) =>
  mountedFiles(
    {
      image: nginx,
      files: paths.map(file),
      secretFiles: secretPaths.map((path) => ({ path, secret: "cachePassword" })),
      ...(fetched.length === 0 ? {} : { agent: agentOf(fetched) }),
    },
    sources,
  );

describe("files of a pod", () => {
  test("of one folder share a mount, configuration and secrets together", () => {
    expect(mount(["/etc/gateway/a.conf", "/etc/gateway/b.conf"], ["/etc/gateway/key"])).toEqual({
      volumes: [
        {
          name: "files-0",
          projected: {
            defaultMode: 0o440,
            sources: [
              {
                configMap: {
                  name: "gateway-0a1b2c3d4e",
                  items: [
                    { key: "etc_gateway_a.conf", path: "a.conf" },
                    { key: "etc_gateway_b.conf", path: "b.conf" },
                  ],
                },
              },
              { secret: { name: "gateway-secrets-1", items: [{ key: "etc_gateway_key", path: "key" }] } },
            ],
          },
        },
      ],
      mounts: [{ name: "files-0", mountPath: "/etc/gateway", readOnly: true }],
    });
  });

  test("below a folder of ours come with it: nothing can be mounted into a read-only folder", () => {
    const { mounts, volumes } = mount(["/etc/gateway/a.conf", "/etc/gateway/sites/b.conf"]);
    expect(mounts.map(({ mountPath }) => mountPath)).toEqual(["/etc/gateway"]);
    expect(volumes[0]?.projected.sources[0]).toMatchObject({
      configMap: { items: [{ path: "a.conf" }, { path: "sites/b.conf" }] },
    });
  });

  test.each(["/etc/nginx/nginx.conf", "/etc/hosts.extra", "/usr/share/nginx/html/index.html"])(
    "stands alone where the image has files too: %s",
    (path) => {
      expect(mount([path]).mounts).toEqual([
        { name: "files", mountPath: path, subPath: fileKey(path), readOnly: true },
      ]);
    },
  );

  test("that an agent writes come with their folder, in which a new one is seen", () => {
    const fetched = ["/etc/mtls/ca.crt", "/etc/mtls/sub/x", "/etc/mtls/nginx/x"];
    expect(mount(["/etc/gateway/a.conf"], [], { fetched }).mounts).toEqual([
      { name: "files-0", mountPath: "/etc/gateway", readOnly: true },
      { name: "vault", mountPath: "/etc/mtls", subPath: "etc/mtls", readOnly: true },
    ]);
  });

  test.each([
    ["others are in that folder", "/etc/gateway/key", "/etc/gateway/a.conf"],
    ["others are above it: nothing can be mounted into a read-only folder", "/etc/gateway/keys/key", "/etc/gateway/a"],
    ["others are below it", "/etc/gateway/key", "/etc/gateway/sites/a.conf"],
    ["the image has files there", "/etc/nginx/key", "/etc/gateway/a.conf"],
  ])("that an agent writes stand alone where %s", (_why, fetched, other) => {
    const { mounts } = mount([other], [], { fetched: [fetched] });
    expect(mounts).toContainEqual({
      name: "vault",
      mountPath: fetched,
      subPath: fetched.slice(1),
      readOnly: true,
    });
    const folders = mounts.filter((mounted) => !("subPath" in mounted)).map(({ mountPath }) => mountPath);
    expect(folders.filter((folder) => fetched.startsWith(`${folder}/`))).toEqual([]);
  });

  test("are each where they were stated, whatever the folders", () => {
    const segment = fc.constantFrom("etc", "nginx", "gateway", "a", "b");
    const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join("/")}/f.conf`);
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 12 }), fc.nat(6), fc.nat(6), (all, upTo, from) => {
        const [some, secrets, fetched] = [all.slice(0, upTo), all.slice(upTo, upTo + from), all.slice(upTo + from)];
        const { mounts, volumes } = mount(some, secrets, { fetched });
        const seen = mounts.flatMap((mounted) => {
          if (mounted.name === "vault") return fetched.filter((it) => `${it}/`.startsWith(`${mounted.mountPath}/`));
          if ("subPath" in mounted) return [mounted.mountPath];
          const volume = volumes.find(({ name }) => name === mounted.name);
          return (volume?.projected.sources ?? [])
            .flatMap((source) => ("configMap" in source ? source.configMap.items : source.secret.items))
            .map((item) => `${mounted.mountPath}/${item.path}`);
        });
        expect(seen.sort()).toEqual([...all].sort());
        // A folder that is read-only takes no mount into it.
        const folders = mounts.filter(({ mountPath }) => !mountPath.endsWith("/f.conf")).map((it) => it.mountPath);
        for (const { mountPath } of mounts) {
          expect(folders.filter((folder) => mountPath.startsWith(`${folder}/`))).toEqual([]);
        }
      }),
    );
  });
});

test("another content is another ConfigMap, the same content the same", () => {
  const named = (content: string) => configMapName({ name: "loki", files: [{ path: "/etc/loki.yml", content }] });
  expect(named("a: 1")).toBe(named("a: 1"));
  expect(named("a: 1")).not.toBe(named("a: 2"));
});

test("a secret file is the template around the value, a variable the value", () => {
  const entries = secretEntries({
    secretFiles: [{ path: "/etc/cache-auth/auth.conf", secret: "cachePassword", template: "requirepass {}\n" }],
    secretVariables: [{ name: "REDISCLI_AUTH", secret: "cachePassword" }],
  });
  expect(entries.map(({ key, secret, text }) => [key, secret, text("$& x")])).toEqual([
    ["REDISCLI_AUTH", "cachePassword", "$& x"],
    ["etc_cache-auth_auth.conf", "cachePassword", "requirepass $& x\n"],
  ]);
});

test("what changes under the running pods is in a Secret of its own, mounted as a folder", () => {
  const spec = {
    image: nginx,
    files: [],
    secretFiles: [
      { path: "/etc/mtls/identity.pem", secret: "mtlsGateway", live: true },
      { path: "/etc/gateway-tls/key.pem", secret: "tlsPrivateKey" },
    ],
    secretVariables: [],
  } as const;
  expect([secretEntries(spec), liveEntries(spec)].map((all) => all.map(({ secret }) => secret))).toEqual([
    ["tlsPrivateKey"],
    ["mtlsGateway"],
  ]);
  const { volumes, mounts } = mountedFiles(spec, { ...sources, live: "gateway-live" });
  expect(volumes.flatMap(({ projected }) => projected.sources)).toContainEqual({
    secret: { name: "gateway-live", items: [{ key: "etc_mtls_identity.pem", path: "identity.pem" }] },
  });
  // A file alone (`subPath`) would never change.
  expect(mounts).toContainEqual({ name: "files-0", mountPath: "/etc/mtls", readOnly: true });
});
