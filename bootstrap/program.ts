import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ImageRegistry } from "../components/delivery/component.ts";
import { makeRepositories } from "../components/delivery/repositories.ts";
import { DeployAccess } from "./access.ts";
import { bootstrapSettings, mirrorPath } from "./settings.ts";
import { StateStore } from "./state.ts";

/**
 * Makes what outlives the stacks: the repositories of the application's images, the place of the states, and the roles
 * that the pipeline takes. Outputs are what the stacks' settings and the pipeline's variables say: docs/delivery.md.
 */
export async function program(): Promise<Record<string, unknown>> {
  const settings = bootstrapSettings(new pulumi.Config().requireObject("settings"));
  const { accountId, region, namespace } = settings;
  const provider = new aws.Provider("aws", { region, allowedAccountIds: [accountId] });
  const { keep, rollbackDepth } = settings;
  const repositories = [`${accountId}.dkr.ecr.${region}.amazonaws.com/${namespace}`];
  const services = [...settings.services, ...settings.mirrored.map((name) => `${mirrorPath}/${name}`)];
  const make = (parent: pulumi.Resource) => makeRepositories({ ...settings, services }, parent);
  const images = new ImageRegistry("images", { repositories, keep, rollbackDepth, make }, { provider });
  const state = new StateStore("state", settings, { provider });
  const access = new DeployAccess("access", settings, state.keyArn, { provider });
  const { backend, secretsProvider } = state;
  const { roles, boundary } = access;
  const mirror = `${repositories[0]}/${mirrorPath}`;
  return { repositories: images.repositories, mirror, backend, secretsProvider, roles, boundary };
}
