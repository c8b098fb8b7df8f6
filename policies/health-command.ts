import { ASKS, type CheckState, missing, unknownCheck } from "./check.ts";
import { entries, isAbsent, isUnknown, type Node, text } from "./values.ts";

/**
 * Whether a health check's command asks anything. Docker and ECS share the form: `["CMD", program, argument…]` or
 * `["CMD-SHELL", line]`; `["NONE"]` switches the check off, an empty list leaves it to the image, and anything else
 * in front is a check that the daemon does not run.
 * https://docs.docker.com/reference/dockerfile/#healthcheck
 */
export function commandState(command: Node): CheckState {
  if (isUnknown(command)) return unknownCheck(command);
  if (isAbsent(command)) return missing("has no command");
  const [form, ...words] = entries(command);
  if (form === undefined) return missing("has an empty command");
  const [first] = words;
  if (isUnknown(form)) return unknownCheck(form);
  if (text(form) === "NONE") return missing('is switched off by ["NONE"]');
  if (text(form) !== "CMD" && text(form) !== "CMD-SHELL") return missing("does not begin with CMD or CMD-SHELL");
  if (first !== undefined && isUnknown(first)) return unknownCheck(first);
  return first === undefined || (text(first) ?? "").trim() === "" ? missing("has no command after CMD") : ASKS;
}
