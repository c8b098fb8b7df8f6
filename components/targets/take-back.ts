import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";

/**
 * For what a target does not take back by itself when it fails: says which command does, because plain `pulumi up` only
 * fails. One for a program, since the engine knows a hook by its name.
 */
export const takeBackHook = (stack: string): pulumi.ErrorHook =>
  new pulumi.ErrorHook(
    "take-back",
    // The engine calls from outside the program, where the SDK would not know whose log it is.
    AsyncResource.bind(async ({ name, failedOperation }: pulumi.ErrorHookArgs) => {
      if (failedOperation !== "delete") await pulumi.log.warn(takeBackAdvice(name, stack));
      // Not tried again.
      return false;
    }),
  );

/** Said of a first release too: the engine does not tell the hook which it is. */
const takeBackAdvice = (name: string, stack: string): string =>
  `${name}: failed, and is not taken back by itself; \`./platform up ${stack}\` brings the last good release back, if there was one`;
