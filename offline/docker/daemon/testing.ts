import type Docker from "dockerode";
import type { Properties } from "../../value.ts";
import { createOptions } from "./container-options.ts";
import { featuresOf } from "./features.ts";

/** For tests: what a daemon tells of a container that runs as it was asked for. */
export function inspected(
  inputs: Properties,
  state: Partial<Docker.ContainerInspectInfo["State"]> = {},
): Docker.ContainerInspectInfo {
  const asked = createOptions(inputs, featuresOf("1.51"));
  const networks = Object.keys(asked.NetworkingConfig?.EndpointsConfig ?? { bridge: {} });
  return {
    Id: "c".repeat(64),
    Created: "",
    Path: "",
    Args: [],
    State: {
      Status: "running",
      Running: true,
      Paused: false,
      Restarting: false,
      OOMKilled: false,
      Dead: false,
      Pid: 1,
      ExitCode: 0,
      Error: "",
      StartedAt: "",
      FinishedAt: "",
      ...state,
    },
    Image: asked.Image?.startsWith("sha256:") ? asked.Image : "sha256:0",
    ResolvConfPath: "",
    HostnamePath: "",
    HostsPath: "",
    LogPath: "",
    Name: `/${asked.name ?? "made-up"}`,
    RestartCount: 0,
    Driver: "",
    Platform: "linux",
    MountLabel: "",
    ProcessLabel: "",
    AppArmorProfile: "",
    HostConfig: asked.HostConfig ?? {},
    GraphDriver: { Name: "", Data: { DeviceId: "", DeviceName: "", DeviceSize: "" } },
    Mounts: [],
    Config: {
      Hostname: asked.Hostname ?? "cccccccccccc",
      Domainname: "",
      User: asked.User ?? "",
      AttachStdin: false,
      AttachStdout: false,
      AttachStderr: false,
      ExposedPorts: {},
      Tty: false,
      OpenStdin: false,
      StdinOnce: false,
      // The image brings some of its own.
      Env: [...(asked.Env ?? []), "PATH=/bin"],
      Cmd: asked.Cmd ?? [],
      Image: asked.Image ?? "",
      Volumes: {},
      WorkingDir: "",
      Labels: { ...asked.Labels, "of-the-image": "yes" },
      Healthcheck: asked.Healthcheck,
    },
    NetworkSettings: {
      SandboxID: "",
      Ports: {},
      SandboxKey: "",
      Networks: Object.fromEntries(
        networks.map((name) => [
          name,
          {
            NetworkID: `id-of-${name}`,
            EndpointID: "",
            Gateway: "",
            IPAddress: "10.0.0.2",
            IPPrefixLen: 24,
            IPv6Gateway: "",
            GlobalIPv6Address: "",
            GlobalIPv6PrefixLen: 0,
            MacAddress: "",
          },
        ]),
      ),
    },
  };
}
