import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ImageRegistry } from "../components/delivery/component.ts";
import { makeRepositories } from "../components/delivery/repositories.ts";
import { bootstrapSettings } from "./settings.ts";

/** Makes what outlives the stacks: the repositories of the application's images. */
export async function program(): Promise<Record<string, unknown>> {
  const settings = bootstrapSettings(new pulumi.Config().requireObject("settings"));
  const { accountId, region, namespace } = settings;
  const provider = new aws.Provider("aws", { region, allowedAccountIds: [accountId] });
  const { keep, rollbackDepth } = settings;
  const repositories = [`${accountId}.dkr.ecr.${region}.amazonaws.com/${namespace}`];
  const make = (parent: pulumi.Resource) => makeRepositories(settings, parent);
  const images = new ImageRegistry("images", { repositories, keep, rollbackDepth, make }, { provider });
  return { repositories: images.repositories };
}
