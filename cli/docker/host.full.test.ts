import { createServer } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import { dockerDaemon } from "../../tests/support/docker/daemon.ts";
import { importTestServer } from "../../tests/support/docker/test-image.ts";
import type { Step } from "../engine/result.ts";
import { openDaemon } from "./connection.ts";
import { requireRoom } from "./host.ts";

const daemon = await dockerDaemon();
afterAll(() => daemon?.release());

const owner = { project: "preflight-test", stack: "dev" };

const planned = (external: number): readonly Step[] => [
  {
    urn: "",
    type: "docker:index/container:Container",
    name: "gateway",
    parent: "",
    change: "create",
    state: "planned",
    properties: [],
    inputs: { ports: [{ internal: 8080, external, ip: "127.0.0.1" }] },
  },
];

test("no daemon: one message with the way out", async () => {
  await expect(openDaemon("unix:///nowhere/docker.sock")).rejects.toThrow(
    /no Docker daemon answers at unix:\/\/\/nowhere.*start it/,
  );
});

describe.skipIf(daemon === undefined)("a real daemon", { timeout: 60_000 }, () => {
  test("a port in use is found, whoever has it; the stack's own is no problem", async () => {
    const { docker, host } = daemon ?? expect.unreachable();
    const opened = await openDaemon(host);
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, "127.0.0.1", () => {
        const address = other.address();
        resolve(typeof address === "object" ? (address?.port ?? 0) : 0);
      });
    });
    await expect(requireRoom(planned(port), owner, opened)).rejects.toThrow(
      `dev: gateway needs port ${port} of 127.0.0.1, which another program has`,
    );
    await new Promise((resolve) => other.close(resolve));
    await requireRoom(planned(port), owner, opened);

    await importTestServer(docker, "test/server:1");
    const holder = await docker.createContainer({
      Image: "test/server:1",
      Labels: owner,
      HostConfig: { PortBindings: { "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: String(port) }] } },
    });
    try {
      await holder.start();
      await requireRoom(planned(port), owner, opened);
      await expect(requireRoom(planned(port), { ...owner, stack: "other" }, opened)).rejects.toThrow(
        /gateway needs port \d+ of 127.0.0.1, which container \S+ has/,
      );
    } finally {
      await holder.remove({ force: true });
    }
  });
});
