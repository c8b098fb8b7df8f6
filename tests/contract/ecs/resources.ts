import type { Settings } from "../../../components/settings.ts";
import { secretNames } from "../../../components/workload/index.ts";
import { text } from "../../support/json.ts";
import type { Rendered } from "../../support/render.ts";
import type { HeldSecret } from "../observed.ts";

/** Resources of AWS, found by their type without the provider's name. */
export const ofType = (resources: readonly Rendered[], type: string): readonly Rendered[] =>
  resources.filter((one) => one.type === `aws:${type}`);

/** What the rendering gives a resource for its ARN. */
export const arnOf = ({ name }: Rendered): string => `arn:aws:mock:eu-central-1:111122223333:${name}`;

/** The secret behind a `valueFrom`: an entry that the settings name, or a parameter that the program makes of a value. */
export function heldSecret(arn: unknown, resources: readonly Rendered[], { secrets }: Pick<Settings, "secrets">) {
  const entry = secretNames.find((name) => {
    const source = secrets[name];
    return source.kind === "secretsManager" && source.arn === arn;
  });
  if (entry !== undefined) return reference(`<value of ${entry}>`);
  const parameter = ofType(resources, "ssm/parameter:Parameter").find(
    ({ inputs }) =>
      inputs.type === "SecureString" && (text(arn) ?? "").endsWith(`:parameter${text(inputs.name) ?? " none"}`),
  );
  if (parameter === undefined) return reference(`an unknown entry ${arn}`);
  const value = text(parameter.inputs.value) ?? "";
  return parameter.secret.includes("value") ? reference(value) : ({ text: value, held: "open" } as const);
}

const reference = (value: string): HeldSecret => ({ text: value, held: "reference" });
