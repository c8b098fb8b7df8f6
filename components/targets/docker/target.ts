import { defineTarget } from "../target.ts";
import { differences } from "./differences.ts";
import { owned } from "./owned.ts";
import { problems } from "./problems.ts";
import { dockerSection } from "./section.ts";

/** The usual one, by the name that people type; and every address, among which it is. */
const isEverywhere = (address: string): boolean => ["127.0.0.1", "0.0.0.0", "::"].includes(address);

/** One Docker daemon: a developer's, or a single host. */
export const docker = defineTarget({
  name: "docker",
  schema: dockerSection,
  differences,
  managed: [],
  discovery: "dns",
  loopback: true,
  loopbackHost: ({ loopbackAddress }) => (isEverywhere(loopbackAddress) ? "localhost" : loopbackAddress),
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
