import { beforeAll, describe, expect, test } from "vitest";
import { type Rendered, render } from "../../tests/support/render.ts";
import { describePlatform } from "../specification.ts";
import { settingsInVault, vaultAddress } from "./testing.ts";

/** How each target runs the agent of a workload: the gateway's and the backend's, all of a stack's secrets in Vault. */
async function renderedOn(stack: string, target: string, more: Readonly<Record<string, unknown>> = {}) {
  const settings = settingsInVault(stack, target, more);
  const { resources } = await render(settings, describePlatform(settings));
  return (type: string, name: string): Rendered => {
    const found = resources.find((one) => one.type === type && one.name === name);
    if (found === undefined) throw new Error(`no ${type} ${name}`);
    return found;
  };
}
type Find = Awaited<ReturnType<typeof renderedOn>>;

const cidr = { vault: { address: vaultAddress, cidr: "10.0.7.0/24" } };

describe("on Docker", () => {
  let find: Find;
  beforeAll(async () => {
    find = await renderedOn("dev", "docker");
  }, 120_000);
  const container = (name: string) => find("docker:index/container:Container", name);

  test("an agent writes into the volumes that the workload reads, and is ready when every file is there", () => {
    const agent = container("gateway-agent");
    const mounts = (name: string) => container(name).inputs.volumes;
    expect(agent.inputs).toMatchObject({
      image: expect.stringContaining("vault"),
      user: "0:101",
      capabilities: { drops: ["ALL"], adds: ["DAC_OVERRIDE"] },
      readOnly: true,
      wait: true,
      restart: "unless-stopped",
      networksAdvanced: [{ name: expect.stringContaining("network-egress") }],
      healthcheck: {
        tests: [
          "CMD",
          "sh",
          "-c",
          "test -s /tmp/token && test -s /etc/gateway-tls/certificate.pem && test -s /etc/gateway-tls/key.pem",
        ],
      },
    });
    expect(mounts("gateway-agent")).toEqual(
      [...Object.values(Object(mounts("gateway")))].map((mount) => ({ ...Object(mount), readOnly: false })),
    );
    expect(agent.options.dependsOn).toContain("gateway-files");
    expect(container("gateway").options.dependsOn).toContain("gateway-agent");
  });

  test("what it logs in with is of that workload, and secret", () => {
    const agent = container("backend-agent");
    expect(agent.secret).toContain("envs");
    expect(agent.inputs.envs).toContain("AGENT_SECRET_ID=held-vault/backend/secretId");
    expect(JSON.stringify(container("backend").inputs)).not.toContain("held-vault");
  });

  test("the workload is told where its files are", () => {
    const { envs } = container("backend").inputs;
    expect(envs).toContain("DATABASE_PASSWORD_FILE=/run/vault/DATABASE_PASSWORD");
    expect(JSON.stringify(envs)).not.toContain('"DATABASE_PASSWORD=');
    expect(container("cache").inputs.healthcheck).toMatchObject({
      tests: ["CMD", "sh", "-c", 'REDISCLI_AUTH="$(cat /run/vault/REDISCLI_AUTH)" redis-cli ping | grep -q PONG'],
    });
  });
});

describe("on ECS", () => {
  let find: Find;
  beforeAll(async () => {
    find = await renderedOn("prod", "ecs", cidr);
  }, 120_000);
  const containers = (name: string): readonly Readonly<Record<string, unknown>>[] =>
    JSON.parse(String(find("aws:ecs/taskDefinition:TaskDefinition", name).inputs.containerDefinitions));
  const named = (task: string, name: string) => containers(task).find((one) => one.name === name);
  const entry = (credential: string) =>
    `arn:aws:secretsmanager:eu-central-1:111122223333:secret:trading/prod/vault/worker/${credential}`;

  test("a container before the workload's own fetches the files and ends; the workload waits for its success", () => {
    expect(named("worker", "vault")).toMatchObject({
      // As all of what others make: from the stack's mirror.
      image: expect.stringMatching(/\/mirror\/hashicorp\/vault:1\.21\.0$/),
      essential: false,
      user: "0:10001",
      secrets: [
        { name: "AGENT_ROLE_ID", valueFrom: entry("roleId") },
        { name: "AGENT_SECRET_ID", valueFrom: entry("secretId") },
      ],
      // Its certificate (mTLS) and what would be variables; files-0 is the authorities of RDS.
      mountPoints: ["files-1", "files-2"].map((sourceVolume) => ({
        sourceVolume,
        containerPath: `/prepare/${sourceVolume}`,
        readOnly: false,
      })),
    });
    const own = named("worker", "worker");
    expect(own?.dependsOn).toContainEqual({ containerName: "vault", condition: "SUCCESS" });
    expect(own?.mountPoints).toContainEqual({ sourceVolume: "files-2", containerPath: "/run/vault", readOnly: true });
    expect(JSON.stringify(named("worker", "vault")?.environment)).toContain("/prepare/files-2/TOKEN_SIGNING_KEY");
  });

  test("what it logs in with may be read by that workload's tasks alone", () => {
    const policy = (name: string) => String(find("aws:iam/rolePolicy:RolePolicy", `${name}-execution`).inputs.policy);
    expect(policy("worker")).toContain(`${entry("secretId")}-??????`);
    expect(policy("gateway")).not.toContain("vault/worker");
  });

  test("a way out leads to Vault alone where the workload had none", () => {
    expect(find("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "gateway-vault").inputs).toMatchObject({
      cidrIpv4: "10.0.7.0/24",
      fromPort: 8200,
      toPort: 8200,
    });
  });
});

describe("on Kubernetes", () => {
  let find: Find;
  beforeAll(async () => {
    find = await renderedOn("prod", "kubernetes", cidr);
  }, 120_000);
  const pod = (kind: string, name: string) => find(`kubernetes:apps/v1:${kind}`, name).inputs.spec;

  test("a sidecar of the workload's own user brings the files before it starts and while it runs, by a token for Vault alone", () => {
    expect(pod("Deployment", "backend")).toMatchObject({
      template: {
        spec: {
          serviceAccountName: "backend",
          automountServiceAccountToken: false,
          initContainers: [
            {
              name: "vault",
              // A native sidecar: the workload's container starts when this one has started.
              restartPolicy: "Always",
              startupProbe: { exec: { command: ["sh", "-c", expect.stringContaining("/etc/mtls/identity.pem")] } },
              securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
              volumeMounts: [
                { name: "vault", mountPath: "/vault-files" },
                { name: "vault-tmp", mountPath: "/tmp" },
                { name: "vault-token", mountPath: "/var/run/vault-token", readOnly: true },
              ],
            },
          ],
        },
      },
    });
    const text = JSON.stringify(pod("Deployment", "backend"));
    expect(text).toContain('{"audience":"vault","expirationSeconds":600,"path":"token"}');
    // As folders: a file that is mounted alone stays as it was when its container started.
    for (const folder of ["run/vault", "etc/mtls"]) {
      expect(text).toContain(`{"mountPath":"/${folder}","name":"vault","readOnly":true,"subPath":"${folder}"}`);
    }
    expect(text).not.toContain("AGENT_SECRET_ID");
  });

  test("a Vault that is away ends no agent and takes no pod out of service: it is ready while the files are there", () => {
    const text = JSON.stringify(pod("StatefulSet", "database"));
    expect(text).toContain("exit_on_err = false");
    expect(text).toContain("exit_on_retry_failure = false");
    const probed = [...text.matchAll(/"command":\["sh","-c","((?:test -f \/vault-files\/[^ "]+(?: && )?)+)"\]/g)];
    expect(probed).toHaveLength(3);
    expect(new Set(probed.map(([, command]) => command)).size).toBe(1);
  });

  test("what it logs in with is in no other container of the pod", () => {
    const [own] = Object(pod("Deployment", "backend")).template.spec.containers;
    const names = Object(own).volumeMounts.map((mount: unknown) => Object(mount).name);
    expect([...new Set(names)]).toEqual(["vault", "tmp"]);
    expect(JSON.stringify(own)).not.toContain("vault-token");
  });

  test("its files are for the workload's user alone: PostgreSQL takes no key of its own user's that others may read", () => {
    const text = JSON.stringify(pod("StatefulSet", "database"));
    expect(text).toContain(String.raw`destination = \"/vault-files/etc/mtls/identity.pem\"\n  perms = \"0400\"`);
    expect(text).not.toContain("0440");
  });

  test("files of one folder keep their places beside those that Vault does not hold", () => {
    const text = JSON.stringify(pod("StatefulSet", "alertmanager"));
    for (const path of ["/etc/alertmanager/alertmanager.yml", "/etc/alertmanager-secrets/web.yml"]) {
      expect(text).toMatch(new RegExp(`"mountPath":"${path}"|"mountPath":"${path.slice(0, path.lastIndexOf("/"))}"`));
    }
  });

  test("its network policy opens the way to Vault", () => {
    expect(JSON.stringify(find("kubernetes:networking.k8s.io/v1:NetworkPolicy", "cache").inputs)).toContain(
      '{"ports":[{"port":8200,"protocol":"TCP"}],"to":[{"ipBlock":{"cidr":"10.0.7.0/24"}}]}',
    );
  });
});
