/** Labels by metric, as a product exposes them. */
export type Exposed = Readonly<Record<string, readonly string[]>>;

/** Reads Prometheus' text format. */
export function exposed(text: string): Exposed {
  const samples = [...text.matchAll(/^(\w+)(?:\{(.*)\})? /gm)];
  return Object.fromEntries(
    samples.map(([, name = "", labels = ""]) => [
      name,
      [...labels.matchAll(/(\w+)="/g)].map(([, label = ""]) => label),
    ]),
  );
}
