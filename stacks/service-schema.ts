import type { z } from "zod";
import type { Scaling } from "../components/workload/index.ts";
import { section, whole } from "./fields.ts";

/** How many instances of a service there are, and how large one is. */

// Room above the largest hosts that anybody rents for this: 64 cores, 256 GiB.
const cpu = (what: string) => whole(what, 1, 64_000, "thousandths of a core");
// docs.docker.com, "Resource constraints": Docker takes no less than 6 MiB.
const memory = (what: string) => whole(what, 6, 262_144, "MiB");

export const resources = section("What one instance is promised (request) and may not exceed (limit).", {
  cpuMillicores: section("CPU, in thousandths of a core.", {
    request: cpu("What an instance is promised; automatic scaling counts in it."),
    limit: cpu("What an instance may use at most."),
  }),
  memoryMiB: section("Memory, in MiB.", {
    request: memory("What an instance is promised."),
    limit: memory("Above it, the instance is killed."),
  }),
})
  .superRefine(({ cpuMillicores, memoryMiB }, context) => {
    for (const [key, { request, limit }] of Object.entries({ cpuMillicores, memoryMiB })) {
      if (request <= limit) continue;
      const message = `${request} is above the limit ${limit}; raise limit or lower request`;
      context.addIssue({ code: "custom", message, path: [key, "request"] });
    }
  })
  .transform(({ cpuMillicores, memoryMiB }) => ({ cpu: cpuMillicores, memory: memoryMiB }));

const written = section("How many instances: replicas, or minimum and maximum with what decides.", {
  replicas: whole("A fixed number of instances.", 1, 100).exactOptional(),
  minimum: whole("Instances that are always there.", 1, 100).exactOptional(),
  maximum: whole("Instances at the highest load.", 2, 100).exactOptional(),
  cpuPercent: whole("Mean use of the CPU request that is held steady, in percent.", 10, 95, "percent").exactOptional(),
  requestsPerSecond: whole("Requests per second of one instance that are held steady.", 1, 100_000).exactOptional(),
});
type Written = z.infer<typeof written>;

export const scaling = written
  .superRefine((value, context) => {
    for (const { key, message } of problems(value)) context.addIssue({ code: "custom", message, path: [key] });
  })
  .transform(read);

interface KeyProblem {
  readonly key: keyof Written;
  readonly message: string;
}

function problems(value: Written): readonly KeyProblem[] {
  const { replicas, minimum, maximum, cpuPercent, requestsPerSecond } = value;
  if (replicas !== undefined) {
    const isAlone = Object.keys(value).length === 1;
    return isAlone
      ? []
      : [{ key: "replicas", message: "stands beside a range; say replicas alone, or the range alone" }];
  }
  const ends = (["minimum", "maximum"] as const).filter((key) => value[key] === undefined);
  return [
    ...ends.map((key) => ({
      key,
      message: "is missing: a range has minimum and maximum; for a fixed number say replicas",
    })),
    ...(minimum !== undefined && maximum !== undefined && minimum >= maximum
      ? [
          {
            key: "minimum",
            message: `${minimum} must be below maximum (${maximum}); for a fixed number say replicas`,
          } as const,
        ]
      : []),
    ...((cpuPercent === undefined) === (requestsPerSecond === undefined)
      ? [
          {
            key: "cpuPercent",
            message: "or requestsPerSecond must be said, one of the two: it decides the number",
          } as const,
        ]
      : []),
  ];
}

/** After `problems` has passed, the zeros are never read. */
function read({ replicas, minimum = 0, maximum = 0, cpuPercent, requestsPerSecond = 0 }: Written): Scaling {
  if (replicas !== undefined) return { kind: "fixed", replicas };
  const target =
    cpuPercent === undefined
      ? ({ metric: "requests", perSecond: requestsPerSecond } as const)
      : ({ metric: "cpu", percent: cpuPercent } as const);
  return { kind: "automatic", minimum, maximum, target };
}
