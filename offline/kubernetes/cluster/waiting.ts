import { poll } from "../../cancellation.ts";
import { list, object, type Properties, text } from "../../value.ts";
import { type Cluster, type ObjectName, refusalOf } from "./client.ts";
import { judgeOf, podProblems, type Verdict } from "./readiness.ts";
import type { Operation } from "./resource.ts";

/** Seconds that an object is waited for where the program says nothing; the official plugin's own. */
const usualTimeout = 600;

/** Between two questions to the API server, in ms. */
const pause = 500;

/** Pods whose problems are told; the others have the same as a rule. */
const podsTold = 3;

/** An object that is not what it was waited for to be; the first reason is the sentence, the others tell more. */
export class WaitFailure extends Error {
  readonly live: Properties;
  constructor(reasons: readonly string[], live: Properties) {
    super(reasons.join("\n"));
    this.live = live;
  }
}

/** One look at an object: its verdict, and what is wrong with its pods where it is not ready. */
export async function verdictOn(live: Properties, cluster: Cluster, before?: Properties): Promise<Verdict> {
  const judge = judgeOf(live);
  if (judge === undefined) return { state: "ready", reasons: [] };
  return judge(live, await lookFor(live, cluster), before);
}

/**
 * Waits until an object is ready, as long as it can still become so; answers what it is then.
 * @param before what it was when a change was applied that changed it.
 */
export async function untilReady(
  name: ObjectName,
  applied: Properties,
  { cluster, signal, timeoutSeconds = usualTimeout }: Operation,
  before?: Properties,
): Promise<Properties> {
  if (judgeOf(applied) === undefined) return applied;
  const path = await cluster.pathOf(name);
  let live = applied;
  let last: Verdict = { state: "waiting", reasons: [] };
  const look = async (): Promise<Verdict | undefined> => {
    const answer = await cluster.request({ method: "GET", path });
    if (answer.status === 404) return { state: "failed", reasons: ["somebody deleted it meanwhile"] };
    // A server that is busy or starts anew is asked again.
    if (answer.status !== 200) return undefined;
    live = answer.body;
    last = await verdictOn(live, cluster, before);
    return last.state === "waiting" ? undefined : last;
  };
  const what = `${name.kind} ${name.name}`;
  try {
    const end = await poll(look, timeoutSeconds * 1000, signal, pause);
    if (end?.state === "ready") return live;
    const sentence = end === undefined ? `not ready within ${timeoutSeconds} s` : "failed";
    const reasons = (end ?? last).reasons.map((it) => `  ${it}`);
    throw new WaitFailure([`${what}: ${sentence}`, ...reasons, ...(await podsOf(live, cluster))], live);
  } catch (error) {
    if (!(error instanceof Error && error.name === "AbortError")) throw error;
    throw new WaitFailure([`${what}: the update was interrupted before it was ready`, ...last.reasons], live);
  }
}

/** Waits until an object is gone. */
export async function untilGone(
  path: string,
  uid: string | undefined,
  { cluster, signal, timeoutSeconds = usualTimeout }: Operation,
): Promise<boolean> {
  const gone = await poll(
    async () => {
      const { status, body } = await cluster.request({ method: "GET", path });
      if (status === 404) return true;
      // One of the same name that is another.
      return status === 200 && uid !== undefined && text(object(body.metadata).uid) !== uid ? true : undefined;
    },
    timeoutSeconds * 1000,
    signal,
    pause,
  );
  return gone === true;
}

/** What tells about an object beside itself: a Service's pods, a claim's storage class. */
async function lookFor(live: Properties, cluster: Cluster): Promise<readonly Properties[]> {
  const { name, namespace } = object(live.metadata);
  switch (`${text(live.apiVersion)}/${text(live.kind)}`) {
    case "v1/Service": {
      const path = `/apis/discovery.k8s.io/v1/namespaces/${text(namespace)}/endpointslices`;
      return listOf(cluster, path, `kubernetes.io/service-name=${text(name)}`);
    }
    case "v1/PersistentVolumeClaim": {
      const storageClass = text(object(live.spec).storageClassName);
      if (storageClass === undefined) return [];
      const path = `/apis/storage.k8s.io/v1/storageclasses/${storageClass}`;
      const { status, body } = await cluster.request({ method: "GET", path });
      return status === 200 ? [body] : [];
    }
    default:
      return [];
  }
}

/** What keeps the pods of a controller from being ready, `  pod <name>: …`. */
async function podsOf(live: Properties, cluster: Cluster): Promise<readonly string[]> {
  const problems = (await podsUnder(live, cluster)).flatMap((pod) => {
    const found = podProblems(pod);
    return found.length === 0 ? [] : [`  pod ${text(object(pod.metadata).name)}: ${found.join("; ")}`];
  });
  const more = problems.length - podsTold;
  return more > 0 ? [...problems.slice(0, podsTold), `  and ${more} more pods`] : problems;
}

/** The pods that a controller's selector finds; none for what is no controller. */
export async function podsUnder(live: Properties, cluster: Cluster): Promise<readonly Properties[]> {
  const labels = Object.entries(object(object(object(live.spec).selector).matchLabels));
  if (labels.length === 0) return [];
  const selector = labels.map(([key, value]) => `${key}=${text(value)}`).join(",");
  return listOf(cluster, `/api/v1/namespaces/${text(object(live.metadata).namespace)}/pods`, selector);
}

async function listOf(cluster: Cluster, path: string, labelSelector: string): Promise<readonly Properties[]> {
  const answer = await cluster.request({ method: "GET", path, query: { labelSelector } });
  if (answer.status !== 200) throw new Error(`${path}: ${refusalOf(answer)}`);
  return list(answer.body.items).map(object);
}
