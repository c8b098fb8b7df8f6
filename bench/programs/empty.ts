import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

const KINDS: Readonly<Record<string, (name: string) => pulumi.Resource>> = {
  "docker:index/container:Container": (name) => new docker.Container(name, { image: "empty" }),
  "docker:index/network:Network": (name) => new docker.Network(name),
  "docker:index/remoteImage:RemoteImage": (name) => new docker.RemoteImage(name, { name: "empty" }),
  "docker:index/volume:Volume": (name) => new docker.Volume(name),
};

/** The bare engine: as many resources of each type as `bench:types` says, with nothing in them that is not required. */
export default async function program(): Promise<void> {
  const types = new pulumi.Config("bench").requireObject<Readonly<Record<string, number>>>("types");
  for (const [type, count] of Object.entries(types)) {
    const make = KINDS[type] ?? ((name) => new pulumi.ComponentResource(type, name));
    for (let index = 0; index < count; index++) make(`${type.split(":").at(-1)}-${index}`);
  }
}
