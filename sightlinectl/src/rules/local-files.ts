import { globSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { AppError } from "@sightline/errors/app-error";
import { UsageError } from "../usage-error.ts";

/** A file of rules on this machine. */
export interface LocalFile {
  /** What it is called on the server: its path below the directory that was named, without `.yml`. */
  readonly name: string;
  readonly path: string;
  readonly source: string;
}

export interface LocalFiles {
  readonly files: readonly LocalFile[];
  /** Files of unit tests, which are left out. */
  readonly tests: readonly string[];
}

const extension = /\.ya?ml$/;

/** Reads files, and of directories all that end in `.yml` or `.yaml`. Throws UsageError, also for two of the same name. */
export function readLocalFiles(paths: readonly string[]): LocalFiles {
  const found = paths.flatMap(filesBelow);
  const isTest = ({ source }: LocalFile) => /^rule_files\s*:/m.test(source);
  const files = found.filter((file) => !isTest(file));
  const pathOf = new Map<string, string>();
  for (const { name, path } of files) {
    const other = pathOf.get(name);
    if (other !== undefined) {
      throw new UsageError(
        `cannot tell ${other} and ${path} apart: both would be the rule file ${JSON.stringify(name)}`,
      );
    }
    pathOf.set(name, path);
  }
  return { files, tests: found.filter(isTest).map(({ path }) => path) };
}

/** Where a rule file of the server is kept below a directory. */
export function localPath(dir: string, name: string): string {
  const path = join(dir, `${name}.yml`);
  // The server has no such names; this program is not to be steered by one that has.
  const isBelow = !name.split(/[/\\]/).some((part) => part === "" || part === "." || part === "..");
  if (isBelow && !name.includes("\u0000")) return path;
  throw new AppError(
    "failed_precondition",
    `cannot write the rule file ${JSON.stringify(name)}: it would not be below ${dir}`,
  );
}

function filesBelow(path: string): readonly LocalFile[] {
  try {
    if (!statSync(path).isDirectory()) return [read(basename(path), path)];
    const inside = globSync("**/*.{yml,yaml}", { cwd: path }).sort();
    return inside.map((one) => read(relative(path, join(path, one)), join(path, one)));
  } catch (thrown) {
    throw new UsageError(`cannot read ${path}: ${AppError.from(thrown).message}`, { cause: thrown });
  }
}

function read(relativePath: string, path: string): LocalFile {
  const name = relativePath.replace(extension, "").split(sep).join("/");
  return { name, path, source: readFileSync(path, "utf8") };
}
