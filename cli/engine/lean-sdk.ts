import { createRequire, Module } from "node:module";

/**
 * What @pulumi/pulumi loads when it is imported and uses only to turn a function into code for the cloud (a Lambda
 * written inline): half of the time that its import takes.
 */
const seldomUsed = ["typescript", "@npmcli/arborist"];

/**
 * Has the SDK load those when it first uses them. To be called before it is imported.
 * @param file of the program or policy pack whose copy of the SDK it is.
 */
export function deferSeldomUsed(file: string): void {
  const sdk = resolved(createRequire(file), "@pulumi/pulumi");
  if (sdk === undefined) return;
  const require = createRequire(sdk);
  for (const name of seldomUsed) defer(require, name);
}

/**
 * Spares the SDK the stack traces that it takes of each of its promises, thousands, for a report of leaked ones that an
 * inline program never gets: a third of the time that registering takes the program's thread.
 * @param file of the program whose copy of the SDK it is.
 */
export function dropPromiseTraces(file: string): void {
  const module: DebuggableModule = createRequire(file)("@pulumi/pulumi/runtime/debuggable.js");
  const { debuggablePromise } = module;
  module.debuggablePromise = (...args) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(...args);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
}

interface DebuggableModule {
  debuggablePromise(...args: readonly unknown[]): unknown;
}

function defer(require: NodeJS.Require, name: string): void {
  const path = resolved(require, name);
  if (path === undefined || require.cache[path] !== undefined) return;
  const deferred = new Module(path);
  const load = (): object => {
    if (require.cache[path] === deferred) delete require.cache[path];
    return require(path);
  };
  // `__esModule` is what a compiled import asks for, to see whether it may take the module as it is.
  deferred.exports = new Proxy({}, { get: (_, key) => key === "__esModule" || Reflect.get(load(), key) });
  deferred.loaded = true;
  require.cache[path] = deferred;
}

/** Undefined where it is not installed: the SDK itself knows what to do then. */
function resolved(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}
