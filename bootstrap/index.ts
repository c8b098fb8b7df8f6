/** What the Pulumi CLI runs. */
export { program as default } from "./program.ts";
