import type Docker from "dockerode";
import { bridgedOutputs } from "../../bridged.ts";
import { parseUrn } from "../../identity.ts";
import { loadTable } from "../../schema/load.ts";
import { list, type Properties, type Value } from "../../value.ts";
import { chosenPorts } from "./ports.ts";
import { runs } from "./waiting.ts";

/** Inputs echoed, and what only the daemon can tell, as the official plugin reads it. */
export function containerOutputs(inputs: Properties, info: Docker.ContainerInspectInfo, log = ""): Properties {
  const { Config, HostConfig, NetworkSettings, State } = info;
  const entrypoints = Config.Entrypoint ?? [];
  const outputs = bridgedOutputs(
    { resource: parseUrn(""), seed: "", inputs, config: {}, id: info.Id },
    {
      entry: loadTable("docker").resources["docker:index/container:Container"],
      known: {},
      computed: {
        name: info.Name.replace(/^\//, ""),
        bridge: "",
        containerLogs: log,
        exitCode: runs(info) ? 0 : State.ExitCode,
        hostname: Config.Hostname,
        command: Config.Cmd ?? [],
        entrypoints: typeof entrypoints === "string" ? [entrypoints] : entrypoints,
        init: HostConfig.Init ?? false,
        ipcMode: HostConfig.IpcMode ?? "",
        logDriver: HostConfig.LogConfig?.Type ?? "",
        platform: info.Platform,
        runtime: HostConfig.Runtime ?? "",
        securityOpts: HostConfig.SecurityOpt ?? [],
        shmSize: Math.round((HostConfig.ShmSize ?? 0) / 1024 / 1024),
        networkDatas: Object.entries(NetworkSettings.Networks).map(([name, network]) => networkData(name, network)),
      },
      changing: [],
    },
  );
  // One of the host's that the daemon chose is what a program asks for.
  return list(inputs.ports).length === 0
    ? outputs
    : { ...outputs, ports: chosenPorts(inputs.ports, NetworkSettings.Ports) };
}

type Network = Docker.ContainerInspectInfo["NetworkSettings"]["Networks"][string];

const networkData = (networkName: string, network: Network): Value => ({
  networkName,
  ipAddress: network.IPAddress,
  ipPrefixLength: network.IPPrefixLen,
  gateway: network.Gateway,
  macAddress: network.MacAddress,
  globalIpv6Address: network.GlobalIPv6Address,
  globalIpv6PrefixLength: network.GlobalIPv6PrefixLen,
  ipv6Gateway: network.IPv6Gateway,
});
