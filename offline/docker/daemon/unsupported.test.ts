import { expect, test } from "vitest";
import { featuresOf, tooNewFor } from "./features.ts";
import { configProblems, loginFor, registryLogins } from "./registry-logins.ts";
import { unsupported } from "./unsupported.ts";

test("types that only the official plugin makes are refused, with how to get it", () => {
  expect(unsupported("docker:index/service:Service", {})).toEqual([
    {
      property: "",
      reason: expect.stringMatching(/Service is not made by .*Container.*pulumi plugin install resource docker/),
    },
  ]);
});

test("inputs that only the official plugin knows are refused by name", () => {
  const names = (type: string, inputs: object) => unsupported(type, { ...inputs }).map(({ property }) => property);
  expect(names("docker:index/container:Container", { gpus: "all", deviceRequests: [] })).toEqual([
    "deviceRequests",
    "gpus",
  ]);
  expect(names("docker:index/remoteImage:RemoteImage", { build: { context: "." } })).toEqual(["build"]);
  expect(names("docker:index/container:Container", { image: "a", gpus: null })).toEqual([]);
});

test("a daemon that is too old for a wish says which version it takes", () => {
  const inputs = { networksAdvanced: [{ name: "n", gwPriority: 1 }], mounts: [{ volumeOptions: { subpath: "a" } }] };
  expect(tooNewFor(featuresOf("1.48"), inputs)).toEqual([]);
  expect(tooNewFor(featuresOf("1.41"), inputs)).toEqual([
    { property: "mounts[0].volumeOptions.subpath", reason: "needs a daemon with API 1.45; this one has 1.41" },
    { property: "networksAdvanced[0].gwPriority", reason: "needs a daemon with API 1.48; this one has 1.41" },
  ]);
});

test("a provider's configuration: what is known is taken, the rest refused by name", () => {
  const registryAuth = JSON.stringify([{ address: "mirror.example.com/team", username: "me", password: "secret" }]);
  const config = { host: "unix:///x", registryAuth };
  expect(configProblems(config)).toEqual([]);
  expect(configProblems({ context: "remote" }).map(({ property }) => property)).toEqual(["context"]);
  expect(configProblems({ registryAuth: '[{"address":"a","configFile":"b"}]' })[0]?.property).toBe(
    "registryAuth[0].configFile",
  );
  const logins = registryLogins(config);
  expect(loginFor("mirror.example.com/team/nginx:1", logins)).toMatchObject({ username: "me" });
  expect(loginFor("nginx:1", logins)).toBeUndefined();
  expect(loginFor("library/nginx:1", [{ serveraddress: "docker.io", username: "hub", password: "" }])).toMatchObject({
    username: "hub",
  });
});
