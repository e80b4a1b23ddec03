import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { runEvaluation } from "./run-script.ts";
import { readScript } from "./script.ts";

/** Scripts of ours, and those of another directory where one is named. */
const directories = [
  new URL("./scripts/", import.meta.url),
  ...(process.env["SIGHTLINE_LOGQLTEST_DIR"]?.split(":") ?? []),
];

for (const directory of directories) {
  for (const file of readdirSync(directory).filter((name) => name.endsWith(".logqltest"))) {
    const path = directory instanceof URL ? new URL(file, directory) : `${directory}/${file}`;
    for (const evaluation of readScript(readFileSync(path, "utf8"), file)) {
      test(`${evaluation.place} ${evaluation.query}`, () => runEvaluation(evaluation));
    }
  }
}
