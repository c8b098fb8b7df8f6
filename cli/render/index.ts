import type { Rendered } from "./rendered.ts";

/** Every rendered file, each made by the folder that owns its content. */
export async function renderedFiles(): Promise<readonly Rendered[]> {
  const { renderPoliciesDocument } = await import("../../policies/documentation.ts");
  const { renderSettingsDocument, renderSettingsSchema } = await import("../../stacks/rendered.ts");
  const { renderTargetsDocument } = await import("../../components/targets/documentation.ts");
  const { targets } = await import("../../components/targets/index.ts");
  const { monitoringFiles } = await import("./monitoring.ts");
  return [
    ...monitoringFiles(),
    { path: "docs/targets.md", render: () => renderTargetsDocument(targets) },
    { path: "docs/policies.md", render: renderPoliciesDocument },
    { path: "docs/settings.md", render: renderSettingsDocument },
    { path: "stacks/settings.schema.generated.json", render: renderSettingsSchema },
  ];
}
