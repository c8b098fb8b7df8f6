import { z } from "zod";

const address = z.union([z.ipv4(), z.ipv6()], { error: "must be an address of this host, as 127.0.0.1" });

/** The section `docker:` of a stack file; every key has a default. */
export const dockerSection = z.strictObject({
  host: z
    .string()
    .regex(/^(?:unix|tcp|ssh|npipe):\/\/.+/, "must be a daemon's address, as unix:///var/run/docker.sock")
    .optional()
    .describe("the daemon; default: the one of the Docker CLI"),
  publicAddress: address.default("127.0.0.1").describe("where the gateway answers; 0.0.0.0 for other machines"),
  loopbackAddress: address.default("127.0.0.1").describe("where a developer reaches everything else"),
});

export type DockerSection = z.infer<typeof dockerSection>;
