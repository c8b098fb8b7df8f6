import { bridgedOutputs, nameIsTaken, withAutomaticName } from "../bridged.ts";
import { hex } from "../identity.ts";
import type { FillRequest, Model } from "../model.ts";
import { loadTable } from "../schema/load.ts";
import type { Properties } from "../value.ts";
import { functions } from "./functions.ts";
import { computedOutputs, identify } from "./outputs.ts";
import { dockerProblems } from "./problems.ts";
import { dockerRules } from "./rules.ts";

/** The stand-in for `@pulumi/docker`. */
export const docker: Model = {
  provider: "docker",
  scalars: "converted",
  fill,
  problems: dockerProblems,
  rules: dockerRules,
  // resources.go of pulumi-docker sets DeleteBeforeReplace for containers, whatever their name.
  deletesFirst: (type, changes, inputs) =>
    (type === "docker:index/container:Container" && changes.some((it) => it.replaces)) ||
    nameIsTaken(isAutonamed(type) ? "name" : undefined, changes, inputs),
  id: identify,
  outputs: (instance) =>
    bridgedOutputs(instance, {
      entry: loadTable("docker").resources[instance.resource.type],
      known: {},
      computed: computedOutputs(instance),
      changing: [],
    }),
  functions,
  // The container has its id before it is started and waited for (resource_docker_container_funcs.go, d.SetId).
  failsAfterId: (type) => type === "docker:index/container:Container",
};

function isAutonamed(type: string): boolean {
  const code = loadTable("docker").resources[type]?.inputs.name;
  return code !== undefined && !code.startsWith("*");
}

/** The bridge names what has an optional name: `<name>-<7 hexadecimal digits>`. */
function fill(request: FillRequest): Properties {
  const { type, name } = request.resource;
  return isAutonamed(type) ? withAutomaticName(request, "name", `${name}-${hex(request.seed, 7)}`) : request.inputs;
}
