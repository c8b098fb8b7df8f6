import type { GroundOf } from "../engine/ground.ts";

/** The ground of every target that has one. What is heavy is imported when it is known to be needed. */
export const groundOf: GroundOf = async (stackOf, operation) => {
  if (operation === "up") await (await import("../secrets/vault/ready.ts")).requireOpenVault(stackOf);
  return (
    (await (await import("../docker/ground.ts")).dockerGround(stackOf, operation)) ??
    (await import("../ecs/ground.ts")).ecsGround(stackOf, operation)
  );
};
