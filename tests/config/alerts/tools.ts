import { answerOf, findProgram } from "../../../cli/setup/program.ts";

/** promtool 3 and amtool, where the machine has them. */
export const findPromtool = (): string | undefined => {
  const found = findProgram("promtool");
  return found !== undefined && / version 3\./.test(answerOf(found, "--version") ?? "") ? found : undefined;
};
export const findAmtool = (): string | undefined => findProgram("amtool");
