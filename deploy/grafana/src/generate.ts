// Makes dashboards/ from boards/, or with --check fails when it differs from them.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { modelOf } from "./board.ts";
import { BOARDS } from "./boards.ts";

const committed = resolve(import.meta.dirname, "../dashboards");
const want = new Map(
  BOARDS.map((board) => [`${board.folder}/${board.file}.json`, `${JSON.stringify(modelOf(board), undefined, 2)}\n`]),
);
const have = new Map(
  globSync("**/*.json", { cwd: committed }).map((name) => [name, readFileSync(join(committed, name), "utf8")]),
);

if (process.argv.includes("--check")) {
  const differing = [...new Set([...want.keys(), ...have.keys()])].filter((name) => want.get(name) !== have.get(name));
  if (differing.length > 0) {
    console.error(`dashboards differ from deploy/grafana/src: ${differing.join(", ")}; run make generate`);
    process.exitCode = 1;
  }
} else {
  rmSync(committed, { recursive: true, force: true });
  for (const [name, text] of want) {
    mkdirSync(dirname(join(committed, name)), { recursive: true });
    writeFileSync(join(committed, name), text);
  }
}
