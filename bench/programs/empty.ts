import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

/** The bare engine: as many resources as `bench:count` says, each with nothing in it. */
export default async function program(): Promise<void> {
  const count = new pulumi.Config("bench").requireNumber("count");
  for (let index = 0; index < count; index++) new docker.Volume(`empty-${index}`);
}
