import { defineTarget } from "../target.ts";
import { differences } from "./differences.ts";
import { owned } from "./owned.ts";
import { problems } from "./problems.ts";
import { dockerSection } from "./section.ts";

/** The usual one, and every address, among which it is, by the name that people type; another as it is. */
const hostAt = (address: string): string => (["127.0.0.1", "0.0.0.0", "::"].includes(address) ? "localhost" : address);

/** One Docker daemon: a developer's, or a single host. */
export const docker = defineTarget({
  name: "docker",
  schema: dockerSection,
  differences,
  managed: [],
  discovery: "dns",
  loopback: true,
  loopbackHost: ({ loopbackAddress }) => hostAt(loopbackAddress),
  publicHost: ({ publicAddress }) => hostAt(publicAddress),
  runtimeSocket: ({ socket }) => socket,
  // Docker's DNS knows a container by its alias on a common network.
  address: (member) => member,
  problems,
  owned,
  load: async (section) => {
    const { startDocker } = await import("./component.ts");
    return (context, platform) => startDocker(section, context, platform);
  },
});
