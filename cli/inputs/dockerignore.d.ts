/** The package's own types are those of an ES module, which it is not. */
declare module "@balena/dockerignore" {
  interface Rules {
    add(patterns: readonly string[]): Rules;
    /** Whether a path below the context, or a folder above it, matches. */
    ignores(path: string): boolean;
  }
  function rules(): Rules;
  export = rules;
}
