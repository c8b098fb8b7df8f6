import { z } from "zod";

const address = z.union([z.ipv4(), z.ipv6()], { error: "must be an IP address of the Docker host, as 127.0.0.1" });

/** The section `docker:` of a stack file; everything has a default. */
export const dockerSection = z.strictObject({
  /** The daemon's address; default: what the Docker provider finds (DOCKER_HOST, else the local socket). */
  host: z
    .string()
    .regex(
      /^(?:unix:\/\/\/|npipe:\/\/|ssh:\/\/|tcp:\/\/)\S+$/,
      "must be the address of a Docker daemon, as unix:///var/run/docker.sock or ssh://deploy@host",
    )
    .optional(),
  /** Where the daemon listens on its own host: Promtail and cAdvisor read it. */
  socket: z
    .string()
    .regex(/^\/[^\s:]+$/, "must be the path of the daemon's socket on its host, as /var/run/docker.sock")
    .default("/var/run/docker.sock"),
  /** Where loopback ports answer on the host. */
  loopbackAddress: address.default("127.0.0.1"),
  /** Where public ports answer on the host; 0.0.0.0 for every network card. */
  publicAddress: address.default("127.0.0.1"),
});

export type DockerSection = z.infer<typeof dockerSection>;
