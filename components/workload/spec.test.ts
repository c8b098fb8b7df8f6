import { expect, test } from "vitest";
import {
  image,
  minutes,
  type Probe,
  probe,
  probes,
  resources,
  rollout,
  seconds,
  type WorkloadSpec,
  workload,
} from "./index.ts";

const asked = (failureThreshold: number): Probe =>
  probe({
    check: { kind: "command", command: ["true"] },
    interval: seconds(5),
    timeout: seconds(2),
    failureThreshold,
  });

const rolls = {
  strategy: "rolling",
  surge: 1,
  unavailable: 0,
  rollbackOnFailure: true,
  progressDeadline: minutes(5),
  revisionsKept: 3,
  stopGracePeriod: seconds(10),
} as const;

const sound: WorkloadSpec = workload({
  name: "worker",
  part: "application",
  image: image({ repository: "ghcr.io/example/worker", version: "1.4.0" }),
  args: [],
  variables: { PORT: "80" },
  secretVariables: [],
  files: [],
  secretFiles: [],
  ports: [],
  probes: probes({ liveness: asked(4), readiness: asked(2), tool: "wget" }),
  placement: { kind: "stateless", scaling: { kind: "fixed", replicas: 1 }, rollout: rollout(rolls) },
  resources: resources({ cpu: { request: 10, limit: 20 }, memory: { request: 10, limit: 20 } }),
  user: { kind: "non-root", uid: 1001, gid: 0 },
  readOnlyRootFilesystem: true,
  volumes: [],
  logs: { level: "INFO", format: "json" },
  connectsTo: [],
  startsAfter: [],
  internet: false,
});

test("a root that passes for another user is refused", () => {
  expect(() => workload({ ...sound, user: { kind: "non-root", uid: 0, gid: 0 } })).toThrow(
    "workload worker:\n  user: uid 0 is root; state kind root with a reason",
  );
});

test("a variable has one value", () => {
  expect(() => workload({ ...sound, secretVariables: [{ name: "PORT", secret: "smtpPassword" }] })).toThrow(
    "variable PORT is stated twice",
  );
});

test.each(["no place", "{} and {}"])("a template has one place for its secret: %s", (template) => {
  const secretFiles = [{ path: "/etc/worker/auth", secret: "smtpPassword", template }] as const;
  expect(() => workload({ ...sound, secretFiles })).toThrow(
    "the template of /etc/worker/auth must hold {} exactly once, where the secret goes",
  );
});

test("a file that changes under the process has a folder of its own", () => {
  const secretFiles = [
    { path: "/etc/worker/tls/identity.pem", secret: "mtlsWorker", live: true },
    { path: "/etc/worker/auth", secret: "smtpPassword" },
  ] as const;
  expect(() => workload({ ...sound, secretFiles })).toThrow(
    "/etc/worker/tls/identity.pem is live and shares its folder with a file that is not; give it a folder of its own",
  );
  const [live, fixed] = secretFiles;
  expect(
    workload({ ...sound, secretFiles: [{ ...live, path: "/etc/mtls/identity.pem" }, fixed] }).secretFiles,
  ).toHaveLength(2);
});

test.each(["progressDeadline", "stopGracePeriod"] as const)(
  "no orchestrator takes a %s of a part of a second",
  (field) => {
    for (const wrong of [0, 2.5]) {
      expect(() => rollout({ ...rolls, [field]: seconds(wrong) })).toThrow(
        `rollout: ${field} ${wrong} s must be whole seconds, at least 1`,
      );
    }
  },
);
