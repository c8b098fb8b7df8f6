import type Docker from "dockerode";
import { namespace } from "../../stacks/error.ts";
import { readStackFile } from "../../stacks/files.ts";
import { readSettings } from "../../stacks/read.ts";
import { say } from "../console/progress.ts";
import { developerHome } from "../engine/developer/home.ts";
import type { Ground, Survey } from "../engine/ground.ts";
import { developersStack, type LiveStack } from "../engine/live.ts";
import type { Operation } from "../engine/result.ts";
import type { StackOf } from "../engine/stacks.ts";
import { clearPending, stateOf } from "../engine/state.ts";
import { drivenTargetOf } from "../engine/target-provider.ts";
import { storeOf } from "../images/store.ts";
import { namedDaemon, openDaemon } from "./connection.ts";
import { requireRoom } from "./host.ts";
import { nobodyLeftOut, withoutImages } from "./left-out.ts";
import { labelledAs, leftoversIn, removeLeftovers } from "./leftovers.ts";
import { nextSteps } from "./next-steps.ts";
import { idsNow, outdatedIn } from "./outdated.ts";

/**
 * Docker's ground: the images that no registry has are built (or what needs them is left out, and named), ports and disk
 * are looked at, and what an ended update left behind is removed. Undefined for a stack that does not run on Docker.
 * Throws a UserError where no daemon answers.
 */
export async function dockerGround(stackOf: StackOf, operation: Operation): Promise<Ground | undefined> {
  const { project, stack } = stackOf;
  // Neither `bootstrap/`, nor a stack that runs elsewhere.
  if (project.name !== namespace || drivenTargetOf(stackOf) !== "docker") return undefined;
  const checkedIn = readStackFile(project.directory, stack);
  const source = stackOf.release === undefined ? checkedIn : { ...checkedIn, release: stackOf.release };
  const daemon = await openDaemon(namedDaemon(source));
  // Elsewhere the daemon runs in a virtual machine, where its socket is at its usual place.
  const socket = process.platform === "linux" ? daemon.address.socket : undefined;
  const owner = { project: project.name, stack };
  if (operation !== "preview") await requireRoom([], owner, daemon);
  const isMade = operation === "up" || operation === "preview";
  const settings = readSettings(source);
  const leftOut =
    isMade && stack === developersStack
      ? await withoutImages(settings, daemon, { getThem: operation === "up" })
      : nobodyLeftOut;
  for (const line of leftOut.lines) say(`${stack}: ${line}`);
  const without = [...settings.without, ...leftOut.names];
  return {
    config: {
      ...(leftOut.names.length === 0 ? {} : { [`${namespace}:without`]: without }),
      ...(socket === undefined ? {} : { [`${namespace}:docker`]: withSocket(source.config.docker, socket) }),
    },
    outdated: async (live) => {
      const state = await stateOf(live);
      const [labelled, idNow] = await Promise.all([
        labelledAs(daemon.docker, project.name, stack),
        idsNow(storeOf(daemon), state),
      ]);
      return outdatedIn(labelled, idNow, state);
    },
    survey: async (live, plan, volumes) => {
      if (operation === "up") await requireRoom(plan.steps, owner, daemon);
      return survey(daemon.docker, live, volumes);
    },
    next: stack === developersStack ? nextSteps({ ...settings, without }, leftOut.lines, developerHome()) : [],
  };
}

/** The section `docker` of a stack whose daemon is on this machine: where it listens is known. */
const withSocket = (section: unknown, socket: string): Readonly<Record<string, unknown>> => ({
  socket,
  ...(typeof section === "object" ? section : {}),
});

async function survey(docker: Docker, live: LiveStack, volumes: boolean): Promise<Survey> {
  const { project, stack } = live;
  const state = await stateOf(live);
  const labelled = await labelledAs(docker, project.name, stack);
  const leftovers = leftoversIn(labelled, state);
  const data = volumes ? labelled.filter(({ kept }) => kept) : [];
  return {
    lines: [
      ...leftovers.map(({ kind, name }) => `left over  ${stack}  ${kind} ${name}: not in the state; it is removed`),
      ...(state.pending > 0 ? [`left over  ${stack}  ${state.pending} operations that were under way; forgotten`] : []),
      ...data.map(({ name }) => `data       ${stack}  volume ${name}: removed for good`),
    ],
    clear: async () => {
      await removeLeftovers(docker, leftovers);
      if (state.pending > 0) await clearPending(live);
    },
    finish: () => removeLeftovers(docker, data),
  };
}
