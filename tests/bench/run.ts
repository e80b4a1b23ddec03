// make bench: runs every benchmark, or the named ones. Each prints one JSON line per result:
// {"bench","metric","value","unit","min","max","runs","config"}, `value` being the median.
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** Every benchmark by its name. A new one is one file beside what it measures and one line here. */
const BENCHES: Readonly<Record<string, string>> = {
  validate: "libs/otlp/src/validate.bench.ts",
  "walk-traces": "libs/otlp/src/traces.bench.ts",
  "walk-logs": "libs/otlp/src/logs.bench.ts",
  "walk-metrics": "libs/otlp/src/metrics.bench.ts",
  "json-records": "libs/logs/src/log-record.bench.ts",
  "json-lines": "services/ingest/src/doors/json-lines/translate.bench.ts",
  "loki-push": "services/ingest/src/doors/loki/translate.bench.ts",
  "elasticsearch-bulk": "services/ingest/src/doors/elasticsearch/translate.bench.ts",
  "clickhouse-server": "deploy/local/src/clickhouse/server.bench.ts",
  "storage-writer": "services/storage/src/writer/writer.bench.ts",
  "event-rules": "services/alerter/src/evaluate/signs.bench.ts",
  "e2e-traces": "tests/bench/e2e-traces.bench.ts",
  "e2e-logs": "tests/bench/e2e-logs.bench.ts",
  "e2e-metrics": "tests/bench/e2e-metrics.bench.ts",
  "e2e-events": "tests/bench/e2e-events.bench.ts",
  freshness: "tests/bench/freshness.bench.ts",
};

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
