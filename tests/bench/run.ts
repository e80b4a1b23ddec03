// make bench: runs every benchmark, or the named ones. Each prints one JSON line per result:
// {"bench","metric","value","unit","min","max","runs","config"}, `value` being the median.
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { BENCHES } from "./benches.ts";

const root = resolve(import.meta.dirname, "../..");

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => BENCHES[name] === undefined);
if (unknown.length > 0) {
  console.error(`cannot run ${unknown.join(", ")}: want ${Object.keys(BENCHES).join(", ")}`);
  process.exit(2);
}

let failed = 0;
for (const [name, file] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const { status } = spawnSync(process.execPath, [resolve(root, file)], { cwd: root, stdio: "inherit" });
  if (status !== 0) {
    console.error(`${name} failed`);
    failed += 1;
  }
}
process.exit(failed === 0 ? 0 : 1);
