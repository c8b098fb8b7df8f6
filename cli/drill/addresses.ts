import type Docker from "dockerode";
import { UserError } from "../console/error.ts";
import { componentOf } from "../docker/daemon.ts";

/** Where a port of the stack answers on this host. */
export type Addresses = (component: string, port: number) => string;

/** Reads them off the containers. The answer throws a UserError for what is not there. */
export function addressesIn(stack: string, containers: readonly Docker.ContainerInfo[]): Addresses {
  const published = new Map(
    containers.flatMap((container) =>
      container.Ports.filter(({ PublicPort, IP }) => PublicPort !== undefined && !IP.includes(":")).map(
        ({ PrivatePort, PublicPort, IP }) =>
          [`${componentOf(container)}:${PrivatePort}`, `http://${IP}:${PublicPort}`] as const,
      ),
    ),
  );
  return (component, port) => {
    const found = published.get(`${component}:${port}`);
    if (found === undefined)
      throw new UserError(`${stack} is not up (no ${component} answers): ./platform up ${stack}`);
    return found;
  };
}
