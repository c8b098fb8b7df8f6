import { cpSync, existsSync, mkdirSync, statSync } from "node:fs";
import { basename, dirname, join, posix, relative } from "node:path";
import { DockerfileParser, type Instruction, type JSONInstruction } from "dockerfile-ast";
import { inputFiles } from "../../cli/inputs/files.ts";

/** A stage of a Dockerfile: its instructions after `FROM`, in order. */
export interface Stage {
  readonly name: string;
  readonly base: string;
  readonly instructions: readonly Said[];
}

/** An instruction, its variables as they stand there. */
export interface Said {
  readonly keyword: string;
  readonly words: readonly string[];
  /** Of `COPY --from=`. */
  readonly from: string | undefined;
}

/** The stages of a Dockerfile, as its own parser has them. */
export function stagesOf(text: string): readonly Stage[] {
  const stages: { name: string; base: string; instructions: Said[] }[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const said = saidBy(instruction);
    if (said.keyword !== "FROM") stages.at(-1)?.instructions.push(said);
    else stages.push({ name: said.words[2] ?? String(stages.length), base: said.words[0] ?? "", instructions: [] });
  }
  return stages;
}

const isJson = (instruction: Instruction): instruction is JSONInstruction => "getJSONStrings" in instruction;

function saidBy(instruction: Instruction): Said {
  const json = isJson(instruction) ? instruction.getJSONStrings().map((each) => each.getJSONValue()) : [];
  const flags = isJson(instruction) ? instruction.getFlags() : [];
  return {
    keyword: instruction.getKeyword(),
    words: json.length > 0 ? json : instruction.getArguments().map((each) => each.getValue()),
    from: flags.find((flag) => flag.getName() === "from")?.getValue() ?? undefined,
  };
}

interface Assembly {
  readonly checkout: string;
  readonly dockerfile: string;
  /** Each stage's files come to a folder of its name here. */
  readonly folder: string;
  /** Does what a `RUN` would, in the stage's folder, as far as others take files from it. */
  readonly ran: (stage: Stage, words: readonly string[], root: string) => void;
  /** What a base image has, and a stage takes from it. */
  readonly ofBases: readonly string[];
}

/**
 * Puts every file where the Dockerfile's `COPY` puts it; its last stage's folder. Throws for a source that is not there (or
 * that its `.dockerignore` leaves out), and for a stage or a file of one that there is none of.
 */
export function assembled(stages: readonly Stage[], assembly: Assembly): string {
  const roots = new Map<string, string>();
  for (const stage of stages) {
    const root = join(assembly.folder, stage.name);
    mkdirSync(root, { recursive: true });
    let folder = "/";
    for (const { keyword, words, from } of stage.instructions) {
      if (keyword === "WORKDIR") {
        folder = posix.resolve(folder, words[0] ?? "");
        mkdirSync(join(root, folder), { recursive: true });
      }
      if (keyword === "RUN") assembly.ran(stage, words, join(root, folder));
      if (keyword !== "COPY") continue;
      const target = words.at(-1) ?? "";
      const isFolder = target.endsWith("/") || words.length > 2;
      const to = join(root, posix.resolve(folder, target));
      const take = (path: string, whole: string): void => {
        const place = isFolder && !statSync(whole).isDirectory() ? join(to, basename(path)) : to;
        mkdirSync(dirname(place), { recursive: true });
        cpSync(whole, place, { recursive: true });
      };
      for (const source of words.slice(0, -1)) {
        if (from === undefined) copyFromContext(assembly, source, { to, isFolder });
        else if (!assembly.ofBases.includes(source)) take(source, fromStage(roots, from, source));
      }
    }
    roots.set(stage.name, root);
  }
  return join(assembly.folder, stages.at(-1)?.name ?? "");
}

function fromStage(roots: ReadonlyMap<string, string>, from: string, source: string): string {
  const root = roots.get(from);
  if (root === undefined) throw new Error(`COPY --from=${from}: there is no such stage before`);
  const whole = join(root, source);
  if (!existsSync(whole)) throw new Error(`COPY --from=${from} ${source}: the stage has no such file`);
  return whole;
}

/** The file itself under its name, or what is in the folder. */
function copyFromContext(
  { checkout, dockerfile }: Assembly,
  source: string,
  { to, isFolder }: { readonly to: string; readonly isFolder: boolean },
): void {
  const folder = join(checkout, source);
  const isWhole = existsSync(folder) && statSync(folder).isDirectory();
  for (const { path } of inputFiles(checkout, dockerfile, [source])) {
    const place = isWhole ? join(to, relative(source, path)) : isFolder ? join(to, basename(path)) : to;
    mkdirSync(dirname(place), { recursive: true });
    cpSync(join(checkout, path), place);
  }
}
