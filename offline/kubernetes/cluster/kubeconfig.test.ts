import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withFolder } from "../../../tests/engine/support.ts";
import { clusterAccess } from "./kubeconfig.ts";

const kubeconfig = (user: object, cluster: object = {}) =>
  JSON.stringify({
    "current-context": "a",
    contexts: [
      { name: "a", context: { cluster: "one", user: "me" } },
      { name: "b", context: { cluster: "two", user: "me", namespace: "fx" } },
    ],
    clusters: [
      { name: "one", cluster: { server: "https://one:6443/", ...cluster } },
      { name: "two", cluster: { server: "https://two:6443" } },
    ],
    users: [{ name: "me", user }],
  });

test("the current context, or the one that is named; token and namespace as it says", () => {
  const config = { kubeconfig: kubeconfig({ token: "secret-token" }) };
  expect(clusterAccess(config)).toMatchObject({
    server: "https://one:6443",
    namespace: "default",
    token: "secret-token",
    tls: { rejectUnauthorized: true },
  });
  expect(clusterAccess({ ...config, context: "b" })).toMatchObject({ server: "https://two:6443", namespace: "fx" });
  expect(clusterAccess({ ...config, context: "b", namespace: "other" }).namespace).toBe("other");
});

test("files are found from the kubeconfig's folder, and several kubeconfigs are one", async () => {
  await withFolder(async (folder) => {
    const [own, other] = [join(folder, "own"), join(folder, "other")];
    await writeFile(join(folder, "me.crt"), "the certificate");
    await writeFile(own, kubeconfig({ "client-certificate": "me.crt", "client-key-data": "dGhlIGtleQ==" }));
    await writeFile(other, "contexts: [{name: c, context: {cluster: one, user: me}}]\n");
    const environment = { KUBECONFIG: `${own}:${other}:${join(folder, "nothing")}` };
    expect(clusterAccess({ context: "c" }, environment)).toMatchObject({
      server: "https://one:6443",
      token: undefined,
      tls: { cert: "the certificate", key: "the key" },
    });
  });
});

test.each([
  ["a context that is not there", { context: "z" }, kubeconfig({}), 'no context "z"; it has: a, b'],
  ["a login by a program", {}, kubeconfig({ exec: { command: "aws" } }), "logs in by exec"],
  ["a proxy", {}, kubeconfig({ token: "t" }, { "proxy-url": "http://p" }), "names a proxy"],
  ["a file that is not there", {}, kubeconfig({ "client-key": "/no/key" }), "/no/key, which cannot be read"],
  ["no context at all", {}, "{}", "no current context"],
  ["no kubeconfig", {}, "/no/kubeconfig", "no kubeconfig: /no/kubeconfig is not there. Set KUBECONFIG"],
])("refused, with the way out: %s", (_, config, content, message) => {
  expect(() => clusterAccess({ ...config, kubeconfig: content })).toThrow(message);
});

test("what cannot be read does not show in the message", () => {
  expect(() => clusterAccess({ kubeconfig: "token: s3cr3t\nusers: s3cr3t\n" })).toThrow(
    /^(?!.*s3cr3t).*cannot be read/s,
  );
});
