/** The vocabulary in which the platform is described: plain readonly values, refused where they cannot be. */
export * from "./agent.ts";
export * from "./duration.ts";
export * from "./file.ts";
export * from "./image.ts";
export * from "./logs.ts";
export * from "./managed.ts";
export * from "./member.ts";
export * from "./port.ts";
export * from "./probe.ts";
export { InvalidSpec } from "./problem.ts";
export * from "./resources.ts";
export * from "./rollout.ts";
export * from "./scaling.ts";
export * from "./scrape.ts";
export * from "./secret.ts";
export * from "./spec.ts";
export * from "./user.ts";
export * from "./volume.ts";
