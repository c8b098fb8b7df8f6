import * as pulumi from "@pulumi/pulumi";
import { realizeMembers } from "../../components/members.ts";
import { describePlatform, isWorkload } from "../../components/specification.ts";
import { docker } from "../../components/targets/docker/target.ts";
import { configFromPulumi } from "../../stacks/program-config.ts";
import { readSettings } from "../../stacks/read.ts";
import { secretResolver } from "../../stacks/secrets.ts";

/** As many copies of the backend as `bench:count` says, on the Docker target. */
export default async function program(): Promise<void> {
  const count = new pulumi.Config("bench").requireNumber("count");
  const stack = pulumi.getStack();
  const settings = readSettings({ stack, config: configFromPulumi(pulumi.runtime.allConfig()) });
  const backend = describePlatform(settings)
    .application.filter(isWorkload)
    .find(({ name }) => name === "backend");
  if (backend === undefined) throw new Error("the platform has no backend");
  const members = Array.from({ length: count }, (_, index) => ({
    ...backend,
    name: `backend-${index}`,
    connectsTo: [],
    startsAfter: [],
  }));
  const root = new pulumi.ComponentResource("trading-platform:bench:Root", "root");
  const start = await docker.bind({}).load();
  const target = start(
    {
      stack,
      environment: settings.environment,
      domain: settings.domain,
      otherDomains: [],
      version: settings.images.version,
      members,
      secretSources: settings.secrets,
      ...secretResolver(settings),
      asksCloud: false,
      probeImage: backend.image,
      registry: undefined,
      thirdParty: (original) => original,
      registryUser: undefined,
      imagesKept: settings.images.keep,
    },
    root,
  );
  realizeMembers(members, target, root);
}
