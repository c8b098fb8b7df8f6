import { list, number, object, type Properties, type Value } from "../../value.ts";
import { asText } from "./values.ts";

interface Binding {
  readonly HostIp: string;
  readonly HostPort: string;
}

/** `{"80/tcp": [{HostIp, HostPort}]}`; a port of the host that is not given is chosen by the daemon. */
export function portBindings(ports: Value | undefined): Record<string, Binding[]> {
  const bindings: Record<string, Binding[]> = {};
  for (const port of list(ports).map(object)) {
    const binding = { HostIp: asText(port.ip) ?? "0.0.0.0", HostPort: String(number(port.external) ?? "") };
    bindings[inside(port)] = [...(bindings[inside(port)] ?? []), binding];
  }
  return bindings;
}

/** The ports with those that the daemon chose filled in. `actual`: of a container that runs. */
export function chosenPorts(
  ports: Value | undefined,
  actual: Readonly<Record<string, readonly Binding[] | null | undefined>>,
): Value[] {
  return list(ports).map((it) => {
    const port = object(it);
    if (number(port.external) !== undefined) return it;
    const chosen = actual[inside(port)]?.[0]?.HostPort;
    return chosen === undefined ? it : { ...port, external: Number(chosen) };
  });
}

const inside = (port: Properties): string => `${number(port.internal)}/${asText(port.protocol) ?? "tcp"}`;
