import type { Problem } from "../../check.ts";
import type { Properties } from "../../value.ts";
import { asFlag } from "./values.ts";

/** The resource types that the driver makes. */
const drivenTypes = [
  "docker:index/container:Container",
  "docker:index/network:Network",
  "docker:index/remoteImage:RemoteImage",
  "docker:index/volume:Volume",
] as const;

export type DrivenType = (typeof drivenTypes)[number];

export const isDriven = (type: string): type is DrivenType => drivenTypes.some((it) => it === type);

const officialOnly = "only the official Docker plugin does that (pulumi plugin install resource docker)";

/** Inputs of driven types that only the official plugin knows, and why. */
const refused: Readonly<Record<DrivenType, Readonly<Record<string, string>>>> = {
  "docker:index/container:Container": {
    deviceRequests: `asks for devices of a vendor's runtime; ${officialOnly}`,
    gpus: `asks for devices of a vendor's runtime; ${officialOnly}`,
    rm: "makes a container that is gone when it ends, which every refresh would take for removed by hand; leave it out",
  },
  "docker:index/network:Network": {},
  "docker:index/remoteImage:RemoteImage": {
    build: `builds the image; build it beforehand and name it here, or ${officialOnly}`,
  },
  "docker:index/volume:Volume": { cluster: `makes a volume of a swarm; ${officialOnly}` },
};

/** What the driver does not do, by name: nothing is ignored. */
export function unsupported(type: string, inputs: Properties): readonly Problem[] {
  if (!isDriven(type)) {
    const known = drivenTypes.map((it) => it.slice(it.lastIndexOf(":") + 1)).join(", ");
    return [
      {
        property: "",
        reason: `${type} is not made by the driver of the Docker daemon (it makes ${known}); ${officialOnly}`,
      },
    ];
  }
  return Object.entries(refused[type]).flatMap(([property, reason]) =>
    (inputs[property] ?? null) === null || asFlag(inputs[property]) === false ? [] : [{ property, reason }],
  );
}
