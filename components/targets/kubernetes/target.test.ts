import { describe, expect, test } from "vitest";
import { workload } from "../../workload/index.ts";
import { credentialHosts, pullCredentials } from "./pull-credentials.ts";
import { backend, gateway, prometheus, samples } from "./samples.ts";
import { kubernetes } from "./target.ts";

const bound = kubernetes.bind({});

describe("addresses", () => {
  test("are complete: nginx's resolver knows no search domains", () => {
    expect(bound.address("backend", "prod")).toBe("backend.trading-prod.svc.cluster.local");
  });

  test("follow the settings", () => {
    const other = kubernetes.bind({ namespace: "fx", clusterDomain: "k8s.example.com" });
    expect(other.address("backend", "prod")).toBe("backend.fx.svc.k8s.example.com");
    expect(other.namespaces("prod")).toEqual(["fx", "fx-hosts"]);
  });
});

describe("the section", () => {
  test.each([
    [{ namespace: "Trading" }, /must be a namespace: at most 57 lower-case/],
    [{ namespace: "a".repeat(58) }, /must be a namespace/],
    [{ clusterDomain: "cluster.local." }, /must be a DNS name, as cluster.local/],
    [{ publicAccess: { kind: "node-port" } }, /publicAccess/],
    [{ publicAccess: { kind: "load-balancer", class: "nginx" } }, /class/],
    [{ namspace: "trading" }, /namspace/],
  ])("refuses %j", (section, message) => {
    expect(() => kubernetes.bind(section)).toThrow(message);
  });

  test("has an Ingress by default", () => {
    expect(kubernetes.schema.parse({})).toEqual({
      clusterDomain: "cluster.local",
      publicAccess: { kind: "ingress", annotations: {} },
    });
  });
});

describe("problems", () => {
  test("there are none in what the platform uses", () => {
    expect(samples.flatMap((spec) => bound.problems(spec))).toEqual([]);
  });

  test("scaling by requests needs what is not there", () => {
    if (backend.placement.kind !== "stateless" || backend.placement.scaling.kind === "fixed") throw new Error("sample");
    const scaling = { ...backend.placement.scaling, target: { metric: "requests", perSecond: 50 } } as const;
    expect(bound.problems({ ...backend, placement: { ...backend.placement, scaling } })).toEqual([
      expect.stringMatching(/^backend: scaling by 50 requests per second needs a metrics adapter.*metric cpu/),
    ]);
  });

  test("files that no ConfigMap takes", () => {
    const large = workload({ ...gateway, files: [{ path: "/etc/gateway/x", content: "é".repeat(600_000) }] });
    expect(bound.problems(large)).toEqual([expect.stringMatching(/1200000 bytes.*at most 1048576/)]);
  });

  test("files whose names would be one key", () => {
    const files = ["/x/a_b", "/x_a/b"].map((path) => ({ path, content: "" }));
    expect(bound.problems(workload({ ...gateway, files }))).toEqual([
      expect.stringMatching(/^gateway: the paths \/x\/a_b, \/x_a\/b would all be the key "x_a_b"/),
    ]);
  });

  test("a volume named as one of the pod's own", () => {
    const volumes = [{ kind: "scratch", name: "files-0", path: "/scratch", sizeMiB: 1 }] as const;
    expect(bound.problems(workload({ ...gateway, volumes }))).toEqual([
      'gateway: volume "files-0" has a name that a pod\'s files have; choose another',
    ]);
  });

  test("rights to what has no known API group", () => {
    const access = { resources: ["pods", "secrets"], verbs: ["list"], scope: "namespace" } as const;
    expect(bound.problems({ ...prometheus, kubernetesAccess: access })).toEqual([
      expect.stringMatching(/prometheus: kubernetesAccess names "secrets"/),
    ]);
  });
});

describe("pull credentials", () => {
  test("go to the stack's registry, or only to that of the release's own images", () => {
    const facts = { version: "1.4.0", members: samples };
    expect(credentialHosts({ ...facts, registry: "mirror.example.com:5000/all" })).toEqual(["mirror.example.com:5000"]);
    expect(credentialHosts({ ...facts, registry: undefined })).toEqual(["ghcr.io"]);
  });

  test("have the form that the kubelet reads, with Docker Hub's own name", () => {
    const auth = Buffer.from("user:pass").toString("base64");
    const entry = { username: "user", password: "pass", auth };
    expect(JSON.parse(pullCredentials(["ghcr.io", "docker.io"], "user", "pass"))).toEqual({
      auths: { "ghcr.io": entry, "https://index.docker.io/v1/": entry },
    });
  });
});
