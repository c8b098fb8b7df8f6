import type { Problem } from "../../check.ts";
import { loadTable } from "../../schema/load.ts";
import { object, type Properties, text } from "../../value.ts";

const officialOnly = "only the official Kubernetes plugin does that (pulumi plugin install resource kubernetes)";

/** What pulumi-kubernetes reads in annotations (pkg/metadata/annotations.go), and whether the driver does. */
const annotations: Readonly<Record<string, boolean>> = {
  autonamed: true,
  skipAwait: true,
  timeoutSeconds: true,
  patchForce: true,
  deletionPropagationPolicy: true,
  waitFor: false,
  replaceUnready: false,
  patchFieldManager: false,
};

const prefix = "pulumi.com/";

/** What the driver does not do, by name: nothing is ignored. */
export function unsupported(type: string, inputs: Properties): readonly Problem[] {
  if (loadTable("kubernetes").resources[type] === undefined) {
    return [
      {
        property: "",
        reason: `${type} is not made by the driver of Kubernetes (it makes what offline/schema/resource-types.ts lists); ${officialOnly}`,
      },
    ];
  }
  const metadata = object(inputs.metadata);
  const generated: readonly Problem[] =
    metadata.generateName === undefined
      ? []
      : [
          {
            property: "metadata.generateName",
            reason: "has the cluster choose a name; leave it out, and Pulumi chooses one",
          },
        ];
  return [
    ...generated,
    ...Object.entries(object(metadata.annotations)).flatMap(([key, value]) => annotation(key, text(value))),
  ];
}

function annotation(key: string, value: string | undefined): readonly Problem[] {
  if (!key.startsWith(prefix)) return [];
  const problem = (reason: string): readonly Problem[] => [{ property: `metadata.annotations["${key}"]`, reason }];
  const name = key.slice(prefix.length);
  if (annotations[name] === undefined) {
    return problem(
      `is not known; Pulumi knows ${Object.keys(annotations)
        .map((it) => prefix + it)
        .join(", ")}`,
    );
  }
  if (annotations[name] === false) return problem(`is not known to the driver of Kubernetes; ${officialOnly}`);
  if (name === "timeoutSeconds" && value !== undefined && !/^[1-9]\d*$/.test(value)) {
    return problem(`is "${value}"; must be whole seconds, as "300"`);
  }
  return [];
}

/** What a provider resource may say, and what the rest of it would ask for. */
const known = ["kubeconfig", "context", "cluster", "namespace", "version", "pluginDownloadURL"];
const withoutEffect = ["suppressDeprecationWarnings", "suppressHelmHookWarnings", "enableServerSideApply"];
const offValues = ["", "false", "null", "{}"];

/** What the driver does not know of a provider's configuration, by name. */
export function configProblems(config: Properties): readonly Problem[] {
  const problems = Object.entries(config).flatMap(([property, value]): readonly Problem[] => {
    const said = text(value) ?? JSON.stringify(value);
    if (known.includes(property) || withoutEffect.includes(property) || property.startsWith("__")) return [];
    if (offValues.includes(said)) return [];
    return [
      { property, reason: `is not known to the driver of Kubernetes (it knows ${known.join(", ")}); ${officialOnly}` },
    ];
  });
  const clientSide = (text(config.enableServerSideApply) ?? config.enableServerSideApply) === "false";
  return clientSide || config.enableServerSideApply === false
    ? [
        ...problems,
        {
          property: "enableServerSideApply",
          reason: `must not be false: the driver of Kubernetes applies on the server; ${officialOnly}`,
        },
      ]
    : problems;
}
