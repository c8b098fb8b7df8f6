import { list, object, type Properties, text } from "../value.ts";

/** Where the made-up resources are. */
export interface Place {
  readonly region: string;
  readonly account: string;
}

/** The account number that AWS's own documentation uses. */
const documentationAccount = "123456789012";

/** From the provider's configuration: `aws:region`, and the account from `aws:allowedAccountIds` where that is set. */
export function placeOf(config: Properties): Place {
  const accounts = config.allowedAccountIds;
  const listed = typeof accounts === "string" && accounts.startsWith("[") ? JSON.parse(accounts) : accounts;
  return { region: text(config.region) ?? "us-east-1", account: text(list(listed)[0]) ?? documentationAccount };
}

/** The provider's `defaultTags`, which every resource with tags gets. */
export function defaultTags(config: Properties): Properties {
  const setting = config.defaultTags;
  const parsed = typeof setting === "string" && setting.startsWith("{") ? JSON.parse(setting) : setting;
  return object(object(parsed).tags);
}
