/** `./platform drill <alert…> --yes` for dev on the checkout given as an argument, in a process of its own: for tests that end it meanwhile. */
import { UserError } from "../../../cli/console/error.ts";
import { drillSession } from "../../../cli/drill/session.ts";
import { listenForInterrupts } from "../../../cli/engine/interrupt.ts";

const [checkout = "", ...alerts] = process.argv.slice(2);
const interrupts = listenForInterrupts(console.error);
try {
  await drillSession({
    checkout,
    stack: "dev",
    alerts,
    interrupt: interrupts.interrupt,
    say: (line) => console.error(line),
    confirm: async () => true,
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof UserError ? error.exitCode : 1;
} finally {
  interrupts.stop();
}
