import { fileURLToPath } from "node:url";

/** The checkout: the folder above `cli/`. */
export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
