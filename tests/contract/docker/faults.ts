import { type Fault, input, missing, more, options, plainText } from "../fault.ts";

const of = (workload: string) => ({ workload, resource: `Container::${workload}` });

/** Slips in what Docker is asked for, of the samples. */
export const faults: readonly Fault[] = [
  { ...of("api"), title: "no health check", field: "probes.readiness.check", slip: input(["healthcheck"]) },
  {
    ...of("api"),
    title: "a time limit that is not the command's own",
    field: "probes.readiness.timeout",
    slip: input(["healthcheck", "timeout"], "1m0s"),
  },
  {
    ...of("api"),
    title: "a start without patience",
    field: "probes.startup",
    slip: input(["healthcheck", "startPeriod"], "0s"),
  },
  { ...of("edge"), title: "the image's own user", field: "user.uid", slip: input(["user"]) },
  {
    ...of("watcher"),
    title: "no reason for root",
    field: "user.rootReason",
    slip: input(["labels"], [{ label: "component", value: "watcher" }]),
  },
  {
    ...of("api"),
    title: "what was never healthy passes for a success",
    field: "placement.rollout.rollbackOnFailure",
    slip: options({ replaceOnChanges: [] }),
  },
  {
    ...of("watcher"),
    title: "the old container goes first",
    field: "placement.rollout.unavailable",
    slip: options({ deleteBeforeReplace: true }),
  },
  { ...of("edge"), title: "no deadline", field: "placement.rollout.progressDeadline", slip: input(["wait"], false) },
  {
    ...of("edge"),
    title: "killed at once",
    field: "placement.rollout.stopGracePeriod",
    slip: input(["destroyGraceSeconds"]),
  },
  {
    ...of("store"),
    title: "a port for everybody",
    field: "ports.5432",
    slip: input(["ports", 0, "ip"], "0.0.0.0"),
  },
  { ...of("store"), title: "swap without end", field: "resources.memory.limit", slip: input(["memorySwap"], -1) },
  { ...of("edge"), title: "a root that can be written", field: "readOnlyRootFilesystem", slip: input(["readOnly"]) },
  { ...of("edge"), title: "all usual capabilities", field: "privileges", slip: input(["capabilities"]) },
  { ...of("api"), title: "no name on the network", field: "address", slip: input(["networksAdvanced"], []) },
  { ...of("api"), title: "secrets in plain text", field: "secretVariables.TOKEN.held", slip: plainText },
  { ...of("api"), title: "made before its database", field: "startsAfter.store", slip: options({ dependsOn: [] }) },
  {
    title: "data that go with the stack",
    workload: "store",
    field: "volumes./data",
    resource: "Volume::store-data",
    slip: options({ retainOnDelete: false }),
  },
  {
    title: "files that nobody put there",
    workload: "edge",
    field: "files./etc/edge/edge.conf",
    resource: "Container::edge-files",
    slip: missing,
  },
  {
    title: "a secret file for everybody",
    workload: "edge",
    field: "secretFiles./etc/edge/tls/key.pem.held",
    resource: "Container::edge-files",
    slip: input(["uploads", 1, "permissions"], "0444"),
  },
  {
    title: "a way to the internet on a server's network",
    workload: "writer",
    field: "internet",
    resource: "Container::writer",
    slip: more(["networksAdvanced"], { name: "docker:index/network:Network::network-egress", aliases: [] }),
  },
];
