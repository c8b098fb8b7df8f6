import { targets } from "../components/targets/index.ts";
import { settingsDocument } from "./documentation.ts";
import { stackFileSchema } from "./json-schema.ts";

/** stacks/settings.schema.generated.json: what the first line of each stack file points editors to. */
export const renderSettingsSchema = (): string => `${JSON.stringify(stackFileSchema(targets), null, 2)}\n`;

/** docs/settings.md */
export const renderSettingsDocument = (): string => settingsDocument(targets);
