import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ImageRegistry } from "../components/delivery/component.ts";
import { bootstrapSettings } from "./settings.ts";

/** Makes what outlives the stacks: the repositories of the application's images. */
export async function program(): Promise<Record<string, unknown>> {
  const settings = bootstrapSettings(new pulumi.Config().requireObject("settings"));
  const { accountId, region } = settings;
  const provider = new aws.Provider("aws", { region, allowedAccountIds: [accountId] });
  const images = new ImageRegistry("images", { kind: "owned", ...settings }, { provider });
  return { repositories: images.repositories };
}
