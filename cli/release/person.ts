import { userInfo } from "node:os";
import { askGit } from "./git.ts";

/** Who releases: the pipeline's actor, else the name that git knows, else the account. */
export async function personIn(checkout: string): Promise<string> {
  const { GITHUB_ACTOR } = process.env;
  return GITHUB_ACTOR || (await askGit(checkout, "config", "user.name")) || userInfo().username;
}
