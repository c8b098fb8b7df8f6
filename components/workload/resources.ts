import { ensure } from "./problem.ts";

/** What one instance is promised (request) and may not exceed (limit). */
export interface Resources {
  /** In thousandths of a core. */
  readonly cpu: { readonly request: number; readonly limit: number };
  /** In MiB. */
  readonly memory: { readonly request: number; readonly limit: number };
}

/** Refuses a request above its limit, and less memory than Docker takes (6 MiB, docs.docker.com "Resource constraints"). */
export function resources(value: Resources): Resources {
  for (const [name, { request, limit }] of Object.entries(value)) {
    ensure(
      Number.isInteger(request) && request >= 1,
      `resources: ${name} request ${request} must be a whole number of at least 1`,
    );
    ensure(
      Number.isInteger(limit) && limit >= request,
      `resources: ${name} limit ${limit} must be a whole number, not below the request ${request}`,
    );
  }
  ensure(value.memory.request >= 6, `resources: memory request ${value.memory.request} MiB must be at least 6 MiB`);
  return value;
}
