import * as docker from "@pulumi/docker";

/** `docker run` in other words. */
export function careless(): void {
  const image = new docker.RemoteImage("redis", { name: "redis:alpine" });
  new docker.Container("redis", {
    name: "redis",
    image: "redis:alpine",
    ports: [{ internal: 6379, external: 6379 }],
    envs: ["REDIS_PASSWORD=hunter2"],
  });
  new docker.Container("agent", {
    name: "agent",
    image: image.name,
    privileged: true,
    restart: "always",
    healthcheck: { tests: ["CMD-SHELL", "echo ok"] },
  });
}

/** With all that is asked. */
export function careful(): void {
  const image = new docker.RemoteImage("redis", { name: "redis:7.4.5-alpine", keepLocally: true });
  new docker.Container("redis", {
    image: image.imageId,
    restart: "unless-stopped",
    wait: true,
    waitTimeout: 120,
    user: "999:1000",
    readOnly: true,
    memory: 256,
    capabilities: { drops: ["ALL"] },
    securityOpts: ["no-new-privileges"],
    labels: [
      { label: "com.acme.project", value: "shop" },
      { label: "com.acme.environment", value: "production" },
    ],
    ports: [{ internal: 6379, external: 6379, ip: "127.0.0.1" }],
    volumes: [{ volumeName: "redis", containerPath: "/data" }],
    healthcheck: { tests: ["CMD", "redis-cli", "ping"], interval: "10s", timeout: "3s" },
  });
  new docker.Container("migrate", {
    image: image.imageId,
    mustRun: false,
    user: "1000",
    readOnly: true,
    memory: 64,
    capabilities: { drops: ["ALL"] },
    securityOpts: ["no-new-privileges"],
    labels: [
      { label: "project", value: "shop" },
      { label: "env", value: "production" },
    ],
  });
}
