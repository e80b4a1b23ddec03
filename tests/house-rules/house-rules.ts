import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Rule } from "./rule.ts";
import { barrels } from "./rules/barrels.ts";
import { casts } from "./rules/casts.ts";
import { clockAndChance } from "./rules/clock-and-chance.ts";
import { environment } from "./rules/environment.ts";
import { length } from "./rules/length.ts";
import { mocks } from "./rules/mocks.ts";
import { names } from "./rules/names.ts";
import { only } from "./rules/only.ts";
import { sleeps } from "./rules/sleeps.ts";
import { sql } from "./rules/sql.ts";
import { unfinished } from "./rules/unfinished.ts";
import { readSource } from "./source-file.ts";

/** Every rule. A new one is a file beside its siblings and a line here. */
export const rules: readonly Rule[] = [
  barrels,
  casts,
  clockAndChance,
  environment,
  length,
  mocks,
  names,
  only,
  sleeps,
  sql,
  unfinished,
];

const roots = "{libs,services,sightlinectl,deploy,tests,proto}";
const endings = "{ts,tsx,sql,proto,css,yaml,yml,html}";
const notOurs = new Set(["node_modules", "dist", "gen", "opentelemetry", "google"]);

/** Switches one rule off for the line below it: "// house-rules-ignore <rule>: <reason>". */
const ignored = /\/\/ house-rules-ignore (?<rule>[^:]+): \S/;

/** What breaks the rules in one file, one line each: "path:line: rule; advice". */
export function violationsOf(path: string, text: string, of: readonly Rule[] = rules): string[] {
  const applying = of.filter((rule) => rule.applies(path));
  if (applying.length === 0) return [];
  const file = readSource(path, text);
  return applying.flatMap((rule) =>
    rule
      .check(file)
      .filter((line) => ignored.exec(file.lines[line - 2] ?? "")?.groups?.["rule"] !== rule.name)
      .map((line) => `${path}:${line}: ${rule.name}; ${rule.advice}`),
  );
}

/** What breaks the rules in the tree below `root`. Generated code is nobody's style. */
export function checkTree(root: string): string[] {
  const paths = globSync(`${roots}/**/*.${endings}`, {
    cwd: root,
    exclude: (name) => notOurs.has(name.split("/").at(-1) ?? ""),
  });
  return paths.sort().flatMap((path) => violationsOf(path, readFileSync(join(root, path), "utf8")));
}
