/** `./platform up dev --yes` on the checkout given as an argument, in a process of its own: for tests that end it meanwhile. */
import { dockerGround } from "../../../cli/docker/ground.ts";
import { deploy } from "../../../cli/engine/deploy.ts";
import { listenForInterrupts } from "../../../cli/engine/interrupt.ts";
import { openProject } from "../../../cli/engine/project.ts";

const [checkout = ""] = process.argv.slice(2);
const interrupts = listenForInterrupts(console.error);
try {
  await deploy({
    stackOf: { project: openProject(checkout), stack: "dev" },
    operation: "up",
    groundOf: dockerGround,
    interrupts,
    print: console.log,
    confirm: async () => true,
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  interrupts.stop();
}
