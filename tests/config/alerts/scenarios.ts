import type { Alert } from "../../../components/alerts/alert.ts";
import type { Behaviour, Case, Told } from "../../../components/alerts/behaviour.ts";
import { evaluationOf, ignoredBlip, latenessOf } from "../../../components/alerts/delay.ts";
import type { Settings } from "../../../components/settings.ts";
import { type Duration, minutes } from "../../../components/workload/index.ts";
import type { Phase } from "./series.ts";

/** What happens to an alert, and what it must tell when; whoever judges plays it: promtool, or a real Loki. */
export interface Scenario {
  readonly name: string;
  /** Between samples, and between evaluations, in seconds. */
  readonly step: number;
  readonly phases: readonly Phase[];
  readonly moments: readonly Moment[];
}

/** Times as numbers of steps. */
export type Moment = readonly [step: number, tells: readonly Told[]];

/** Between samples, and between evaluations; the long windows would take a hundred thousand samples of a few seconds. */
export function stepOf(alert: Alert, settings: Settings): number {
  const isLong = alert.window !== undefined && alert.window.seconds > minutes(30).seconds;
  return isLong ? 60 : evaluationOf(alert, settings).seconds;
}

/** Everything that an alert must do. */
export function scenariosOf(alert: Alert, settings: Settings): readonly Scenario[] {
  const write = writer(alert, settings);
  const { behaviour } = alert;
  if (behaviour === "always fires") return [write("always fires", [], [[1, [{ summary: alert.summary }]]])];
  return [
    firesInTime(alert, behaviour, write),
    ...(alert.window === undefined || behaviour.before || behaviour.onset
      ? []
      : [firesOutOfCalm(alert, behaviour, write)]),
    quietWithin(alert, behaviour, write),
    ...quietOnBlip(alert, behaviour, settings, write),
    ...survivesRestarts(alert, behaviour, write),
    withoutData(alert, behaviour, write),
    ...(behaviour.cases ?? []).map((each) => further(alert, each, write)),
  ];
}

type Writer = ((name: string, phases: readonly Phase[], moments: readonly Moment[]) => Scenario) & {
  steps(time: Duration | undefined): number;
};

function writer(alert: Alert, settings: Settings): Writer {
  const step = stepOf(alert, settings);
  const write = (name: string, phases: readonly Phase[], moments: readonly Moment[]): Scenario => ({
    name: `${alert.name}: ${name}`,
    step,
    phases,
    moments,
  });
  return Object.assign(write, { steps: (time: Duration | undefined) => Math.ceil((time?.seconds ?? 0) / step) });
}

/** Steps between the fault's first sample and the first evaluation that sees it: a rate needs two samples. */
const onsetOf = ({ window }: Alert, { onset, before }: Behaviour, write: Writer): number =>
  onset !== undefined ? write.steps(onset) : window !== undefined && before === undefined ? 1 : 0;

/** Fires when `for` is over, not an evaluation before; and no longer when the fault has left the window. */
function firesInTime(alert: Alert, behaviour: Behaviour, write: Writer): Scenario {
  const { calm, fault, before, tells } = behaviour;
  const start = before ?? (alert.window === undefined ? calm : {});
  const begin = write.steps(alert.window) + 3;
  const firing = begin + onsetOf(alert, behaviour, write) + write.steps(alert.for);
  const phases: readonly Phase[] = [
    { state: start, steps: begin },
    { state: fault, steps: firing - begin + 3 },
    { state: calm, steps: write.steps(alert.forgets ?? alert.window) + 3 },
  ];
  const end = phases.reduce((sum, { steps }) => sum + steps, 0) - 1;
  return write("fires in time, and resolves", phases, [
    [firing - 1, []],
    [firing, tells],
    [end, []],
  ]);
}

function firesOutOfCalm(alert: Alert, { calm, fault, tells }: Behaviour, write: Writer): Scenario {
  const begin = write.steps(alert.window) + 3;
  const firing = begin + write.steps(alert.window) + write.steps(alert.for) + 1;
  const phases = [
    { state: calm, steps: begin },
    { state: fault, steps: firing - begin + 1 },
  ];
  return write("fires though all was well before", phases, [[firing, tells]]);
}

function quietWithin(alert: Alert, { calm }: Behaviour, write: Writer): Scenario {
  const end = write.steps(alert.window) + write.steps(alert.for) + 5;
  return write("quiet just within the threshold", [{ state: calm, steps: end + 1 }], every(1, end));
}

function quietOnBlip(alert: Alert, behaviour: Behaviour, settings: Settings, write: Writer): readonly Scenario[] {
  const ignored = ignoredBlip(alert, settings).seconds;
  if (ignored === 0) return [];
  const { calm, fault, outage = fault, well = calm } = behaviour;
  const begin = write.steps(alert.window) + 3;
  // A slow scrape before it may have seen it too.
  const seen = ignored + latenessOf(alert, settings).seconds;
  const phases: readonly Phase[] = [
    { state: well, steps: begin },
    { state: outage, steps: Math.max(1, Math.floor(seen / stepOf(alert, settings))) },
    { state: well, steps: write.steps(alert.window) + write.steps(alert.for) + 3 },
  ];
  const end = phases.reduce((sum, { steps }) => sum + steps, 0) - 1;
  return [write(`quiet on a blip of ${ignored} s`, phases, every(begin, end))];
}

/** A process that starts again counts from 0: no fault by itself, and no way out of one. */
function survivesRestarts(alert: Alert, behaviour: Behaviour, write: Writer): readonly Scenario[] {
  const { calm, fault, tells, before } = behaviour;
  // Log lines are not counted by the process that writes them.
  if (alert.source === "logs" || !Object.values(fault).some(({ kind }) => kind === "counts")) return [];
  const window = write.steps(alert.window) + 3;
  const end = 2 * window + write.steps(alert.for);
  const onset = onsetOf(alert, behaviour, write);
  const firing = onset + write.steps(alert.for);
  return [
    write(
      "quiet after a restart",
      [
        { state: calm, steps: window },
        { state: calm, steps: end - window + 1, restarted: true },
      ],
      every(window, end),
    ),
    ...(before === undefined
      ? [
          write(
            "a restart does not hide the fault",
            [
              { state: fault, steps: onset + 2 },
              { state: fault, steps: firing + 1, restarted: true },
            ],
            [[firing, tells]],
          ),
        ]
      : []),
  ];
}

const withoutData = (alert: Alert, { withoutData: tells = [] }: Behaviour, write: Writer): Scenario =>
  write("no data", [], [[write.steps(alert.for) + 2, tells]]);

function further(alert: Alert, { name, earlier, state, lasts, tells }: Case, write: Writer): Scenario {
  const long = write.steps(alert.window) + write.steps(alert.for) + 3;
  const begin = earlier === undefined ? 0 : long;
  const end = begin + (lasts === undefined ? long : write.steps(lasts));
  const phases = [
    ...(earlier === undefined ? [] : [{ state: earlier, steps: begin }]),
    { state, steps: end - begin + 1 },
  ];
  return write(name, phases, [[end, tells]]);
}

/** Nothing at any evaluation. */
const every = (from: number, to: number): readonly Moment[] =>
  Array.from({ length: to - from + 1 }, (_, index) => [from + index, []] as const);
