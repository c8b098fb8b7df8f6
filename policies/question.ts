/** Words in a path by which services offer a check of everything that they depend on. */
const DEPENDENCIES = new Set([
  "deep",
  "detail",
  "details",
  "detailed",
  "full",
  "dependency",
  "dependencies",
  "deps",
  "db",
  "database",
  "postgres",
  "mysql",
  "redis",
  "kafka",
]);

const READINESS = new Set(["ready", "readyz", "readiness"]);

const words = (path: string): readonly string[] => path.toLowerCase().split(/[^a-z0-9]+/);

/** Whether a path, by its words, asks for what the service depends on. */
export const asksDependencies = (path: string): boolean => words(path).some((word) => DEPENDENCIES.has(word));

/** Whether a path, by its words, asks if the service takes traffic. */
export const asksReadiness = (path: string): boolean => words(path).some((word) => READINESS.has(word));
