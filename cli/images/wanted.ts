import {
  blueprint,
  type OwnService,
  ownImage,
  ownServices,
  probeImage,
  productImage,
} from "../../components/blueprint.ts";
import type { Settings } from "../../components/settings.ts";
import { type Image, imageReference } from "../../components/workload/index.ts";
import { nearest } from "../../stacks/nearest.ts";
import { checkoutVersion, productVersions } from "../../stacks/product-versions.ts";
import { UserError } from "../console/error.ts";
import { catalogue, imageNames, isRecipe, type LeftOut } from "./catalogue.ts";
import type { ImageName, Recipe } from "./recipe.ts";

/** An image that a stack's specs ask for, and how it is made here. */
export interface Wanted {
  readonly reference: string;
  /** Ours alone: no registry has it. */
  readonly own: boolean;
  readonly entry: Recipe | LeftOut;
}

/** The images of these names, or all, as the stack's settings name them. Throws for names that there are not. */
export function wantedImages(settings: Settings, names: readonly string[]): readonly Wanted[] {
  const strange = names.filter((name) => !imageNames.some((known) => known === name));
  if (strange.length > 0) throw new UserError(strange.map(unknownImage).join("\n"), 2);
  return catalogue
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .map((entry) => ({
      reference: imageReference(imageOf(settings, entry.name)),
      own: entry.name === "probe",
      entry: inVersion(settings, entry),
    }));
}

function unknownImage(name: string): string {
  const meant = nearest(name, imageNames);
  const hint = meant === undefined ? `there are ${imageNames.join(", ")}` : `did you mean ${meant}?`;
  return `there is no image "${name}"; ${hint}`;
}

function imageOf(settings: Settings, name: ImageName): Image {
  if (name === "probe") return probeImage(settings);
  const plan = blueprint(settings);
  return isOwnService(name) ? ownImage(plan, name) : productImage(plan, name);
}

const isOwnService = (name: ImageName): name is OwnService => ownServices.some((service) => service === name);

/** What is built has one version; a stack that asks for another gets none that only says so. */
function inVersion({ images }: Settings, entry: Recipe | LeftOut): Recipe | LeftOut {
  const { name } = entry;
  if (!isRecipe(entry) || name === "probe") return entry;
  const [asked, built, key] = isOwnService(name)
    ? [images.version, checkoutVersion, "version"]
    : [images.versions[name], productVersions[name], `versions.${name}`];
  if (asked === built) return entry;
  return {
    name,
    leftOut: `the settings ask for ${asked}, and what can be built is ${built}: leave images.${key} at its default`,
  };
}
