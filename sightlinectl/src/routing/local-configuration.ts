import { globSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { type Config, loadConfig } from "@sightline/alertmanager/config/config";
import { filesNamedBy } from "@sightline/alertmanager/config/file-texts";
import { AppError } from "@sightline/errors/app-error";
import { UsageError } from "../usage-error.ts";

/** An alertmanager.yml with everything that it names, since servers read no files. */
export interface LocalConfiguration {
  readonly source: string;
  /** By their names. */
  readonly templates: Readonly<Record<string, string>>;
  /** By their paths as they are written there. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Reads it, and the files that it names, whose paths are below its directory where they are relative. Throws UsageError for what cannot be read
 * here, and invalid_argument for what Alertmanager would refuse.
 */
export function readLocalConfiguration(path: string): LocalConfiguration {
  const source = readText(path);
  const config = loadConfig(source);
  const dir = dirname(path);
  const files = filesNamedBy(config).map((file) => [file, readText(resolve(dir, file))]);
  return { source, templates: readTemplates(config, dir), files: Object.fromEntries(files) };
}

function readTemplates({ templates }: Config, dir: string): Record<string, string> {
  const found = new Map<string, string>();
  for (const path of templates.flatMap((pattern) => globSync(resolve(dir, pattern)).sort())) {
    const name = basename(path);
    const other = found.get(name);
    if (other !== undefined && other !== path) {
      throw new UsageError(`cannot tell ${other} and ${path} apart: both would be the template file ${name}`);
    }
    found.set(name, path);
  }
  return Object.fromEntries([...found].map(([name, path]) => [name, readText(path)]));
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    throw new UsageError(`cannot read ${path}: ${AppError.from(thrown).message}`, { cause: thrown });
  }
}
