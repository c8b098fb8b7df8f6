import type Docker from "dockerode";
import { expect, test } from "vitest";
import { describePlatform, isWorkload, membersOf } from "../../components/specification.ts";
import { settingsOf } from "../../tests/support/stacks.ts";
import { isWell, statusOf } from "./status.ts";

const workloads = membersOf(describePlatform(settingsOf("dev", "docker")))
  .filter(isWorkload)
  .filter(({ name }) => ["database", "backend", "gateway"].includes(name));

const container = (component: string, Status: string, more: Partial<Docker.ContainerInfo> = {}) =>
  ({
    Id: component,
    Names: [`/${component}`],
    Image: "docker.io/library/postgres:17.5-alpine",
    ImageID: "sha256:0",
    Command: "",
    Created: 0,
    Ports: [],
    Labels: { component },
    State: Status.startsWith("Up") ? "running" : "exited",
    Status,
    HostConfig: { NetworkMode: "bridge" },
    NetworkSettings: { Networks: {} },
    Mounts: [],
    ...more,
  }) satisfies Docker.ContainerInfo;

test("each container has a row, and so has a workload without any, in the platform's order", () => {
  const port = { IP: "127.0.0.1", PrivatePort: 5432, PublicPort: 5432, Type: "tcp" };
  const rows = statusOf(workloads, [
    container("stray", "Exited (1) 2 hours ago"),
    container("backend", "Up 5 seconds (health: starting)", { Labels: { component: "backend", version: "1.2.3" } }),
    container("backend", "Up 2 minutes (unhealthy)"),
    container("database", "Up 3 hours (healthy)", { Ports: [port, { ...port }] }),
  ]);
  expect(rows.map(({ component, state, since }) => [component, state, since])).toEqual([
    ["database", "healthy", "3 hours"],
    ["backend", "starting", "5 seconds"],
    ["backend", "unhealthy", "2 minutes"],
    ["gateway", "not there", ""],
    ["stray", "exited", ""],
  ]);
  expect(rows.map(({ version }) => version)).toEqual(["17.5-alpine", "1.2.3", "17.5-alpine", "", "17.5-alpine"]);
  expect(rows[0]?.addresses).toEqual(["127.0.0.1:5432"]);
  expect(rows.filter(isWell).map(({ component }) => component)).toEqual(["database"]);
});

test("what has no image here is left out, which is not unwell; what runs of an image that is gone is told as it is", () => {
  const rows = statusOf(workloads, [container("backend", "Up 2 minutes (healthy)")], ["backend", "gateway"]);
  expect(rows.map(({ component, state }) => [component, state])).toEqual([
    ["database", "not there"],
    ["backend", "healthy"],
    ["gateway", "left out"],
  ]);
  expect(rows.filter((row) => !isWell(row)).map(({ component }) => component)).toEqual(["database"]);
});
