import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { daemonAddress } from "./address.ts";

test("the one that is named comes before DOCKER_HOST", () => {
  const environment = { DOCKER_HOST: "tcp://10.0.0.1:2375" };
  expect(daemonAddress("unix:///run/mine.sock", undefined, environment)).toMatchObject({
    socket: "/run/mine.sock",
    options: { socketPath: "/run/mine.sock", host: undefined },
  });
  expect(daemonAddress(undefined, undefined, environment).options).toMatchObject({
    host: "10.0.0.1",
    port: "2375",
    protocol: "http",
    socketPath: undefined,
  });
});

test("without either it is a socket of this machine", () => {
  expect(daemonAddress(undefined, undefined, { HOME: "/nobody" }).text).toMatch(/^unix:\/\/.*docker\.sock$/);
});

test("over SSH the user's agent is asked", () => {
  expect(daemonAddress("ssh://me@server", undefined, { SSH_AUTH_SOCK: "/agent" }).options).toEqual({
    protocol: "ssh",
    host: "server",
    port: 22,
    username: "me",
    sshOptions: { agent: "/agent" },
  });
});

test("TLS takes the three files of the Docker CLI, and says where they are missing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "trading-platform-test-"));
  try {
    const environment = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder };
    expect(() => daemonAddress("tcp://server", undefined, environment)).toThrow(/needs ca.pem, cert.pem and key.pem/);
    for (const name of ["ca", "cert", "key"]) await writeFile(join(folder, `${name}.pem`), name);
    expect(daemonAddress("tcp://server", undefined, environment).options).toMatchObject({
      protocol: "https",
      port: 2376,
      ca: Buffer.from("ca"),
      key: Buffer.from("key"),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each(["ftp://server", "unix://", "tcp://:x"])("%s is refused, with what is allowed", (host) => {
  expect(() => daemonAddress(host)).toThrow(/must be like "unix:\/\/\/var\/run\/docker.sock"/);
});
