import { root } from "../root.ts";
import type { Rendered } from "./rendered.ts";

/** Every rendered file, each made by the folder that owns its content. */
export async function renderedFiles(): Promise<readonly Rendered[]> {
  const { renderPoliciesDocument } = await import("../../policies/documentation.ts");
  const { renderSet, SETS } = await import("../../policies/sets.ts");
  const { POLICIES } = await import("../../policies/policies.ts");
  const { renderSettingsDocument, renderSettingsSchema } = await import("../../stacks/rendered.ts");
  const { renderTargetsDocument } = await import("../../components/targets/documentation.ts");
  const { renderRequirementDocument } = await import("../requirement/documentation.ts");
  const { renderImagesDocument } = await import("../images/documentation.ts");
  const { targets } = await import("../../components/targets/index.ts");
  const { monitoringFiles } = await import("./monitoring.ts");
  const { composeFiles } = await import("./compose.ts");
  const { renderLogQueriesDocument } = await import("../../components/dashboards/documentation.ts");
  const { readStackFile } = await import("../../stacks/files.ts");
  const { readSettings } = await import("../../stacks/read.ts");
  const monitoring = monitoringFiles();
  return [
    ...monitoring,
    ...composeFiles(monitoring),
    { path: "docs/targets.md", render: () => renderTargetsDocument(targets) },
    {
      path: "docs/log-queries.md",
      render: () => renderLogQueriesDocument(readSettings(readStackFile(root, "prod"))),
    },
    { path: "docs/images.md", render: renderImagesDocument },
    { path: "docs/requirement.md", render: () => renderRequirementDocument(root) },
    { path: "docs/policies.md", render: renderPoliciesDocument },
    ...SETS.map((name) => ({ path: `policies/sets/${name}.json`, render: () => renderSet(name, POLICIES) })),
    { path: "docs/settings.md", render: renderSettingsDocument },
    { path: "stacks/settings.schema.generated.json", render: renderSettingsSchema },
  ];
}
