import { hex } from "../identity.ts";
import type { ProviderFunction } from "../model.ts";
import { text } from "../value.ts";
import { digest } from "./outputs.ts";

/** Functions that ask a daemon or a registry in the real provider. */
export const functions: Readonly<Record<string, ProviderFunction>> = {
  "docker:index/getRegistryImage:getRegistryImage": (args) => {
    const name = text(args.name) ?? "";
    return { ...args, id: digest(name), sha256Digest: digest(name) };
  },
  "docker:index/getRemoteImage:getRemoteImage": (args) => {
    const name = text(args.name) ?? "";
    return { ...args, id: `sha256:${hex(`image ${name}`, 64)}`, repoDigest: `${name}@${digest(name)}` };
  },
  "docker:index/getNetwork:getNetwork": (args) => ({
    ...args,
    id: hex(`network ${text(args.name)}`, 64),
    driver: text(args.name) === "host" ? "host" : "bridge",
    internal: false,
    ipamConfigs: [{ subnet: "172.17.0.0/16", gateway: "172.17.0.1" }],
    options: {},
    scope: "local",
  }),
};
