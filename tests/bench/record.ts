// make bench-record: runs the benchmarks whose figures are kept, or the named ones, and writes RESULTS.md anew. Figures of
// benches that were not run stay, so that a recording may be done bench by bench; their raw lines are in results.jsonl.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { resolve } from "node:path";
import { z } from "zod";
import { BENCHES } from "./benches.ts";
import { coreSpeed } from "./core-speed.ts";
import { FIGURE_ROWS, type FigureRow } from "./figures.ts";

const root = resolve(import.meta.dirname, "../..");
const linesFile = resolve(import.meta.dirname, "results.jsonl");
const resultsFile = resolve(import.meta.dirname, "RESULTS.md");

const line = z.object({
  bench: z.string(),
  metric: z.string(),
  value: z.number(),
  unit: z.string(),
  min: z.number(),
  max: z.number(),
  runs: z.number(),
  config: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  /** When and at which commit it was measured. */
  recorded: z.string().optional(),
  /** What one core was worth right before, {@link coreSpeed}. */
  coreSpeed: z.number().optional(),
});
type Line = z.infer<typeof line>;

/** How long a run of each bench is, where it is not a minute: those that look at latency need no more. */
const SECONDS: Readonly<Record<string, string>> = {
  "cpu-traces": "20",
  freshness: "20",
  live: "15",
  ack: "20",
  idle: "20",
};

const recordable = [...new Set(FIGURE_ROWS.map(({ bench }) => bench))];
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !recordable.includes(name));
if (unknown.length > 0) {
  console.error(`cannot record ${unknown.join(", ")}: want ${recordable.join(", ")}`);
  process.exit(2);
}

let failed = 0;
for (const bench of wanted.length > 0 ? wanted : recordable) {
  const lines = measure(bench);
  if (lines.length === 0) failed += 1;
  else writeLines([...readLines().filter((kept) => kept.bench !== bench), ...lines]);
  writeFileSync(resultsFile, resultsOf(readLines()));
}
process.exit(failed === 0 ? 0 : 1);

function measure(bench: string): Line[] {
  console.error(`${bench} …`);
  const before = { coreSpeed: coreSpeed() };
  const env = {
    ...process.env,
    SIGHTLINE_BENCH_SECONDS: process.env["SIGHTLINE_BENCH_SECONDS"] ?? SECONDS[bench] ?? "60",
  };
  const { status, stdout } = spawnSync(process.execPath, [resolve(root, BENCHES[bench] ?? "")], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  if (status !== 0) return [];
  process.stdout.write(stdout);
  const recorded = `${new Date().toISOString().slice(0, 10)} ${commit()}`;
  return stdout
    .split("\n")
    .filter((text) => text.startsWith("{"))
    .map((text) => ({ ...line.parse(JSON.parse(text)), ...before, recorded }));
}

function commit(): string {
  return spawnSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).stdout.trim();
}

function readLines(): Line[] {
  if (!existsSync(linesFile)) return [];
  const texts = readFileSync(linesFile, "utf8").split("\n");
  return texts.filter((text) => text !== "").map((text) => line.parse(JSON.parse(text)));
}

function writeLines(lines: readonly Line[]): void {
  const sorted = lines.toSorted((a, b) => recordable.indexOf(a.bench) - recordable.indexOf(b.bench));
  writeFileSync(linesFile, sorted.map((kept) => `${JSON.stringify(kept)}\n`).join(""));
}

function resultsOf(lines: readonly Line[]): string {
  const [cpu] = cpus();
  return `# Results of the benchmarks

Written by \`make bench-record\`; a single one anew by \`make bench-record BENCH=e2e-traces\`. The lines as the benches print
them, with what each was measured with, are in \`results.jsonl\`.

Last machine: ${cpus().length} × ${cpu?.model.trim() ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version};
${versions()}. Generator, NATS, ClickHouse, Postgres, Redis and all seven services share these cores. The bus is on disk, with
the durability that its version and the local stack's configuration give (ARCHITECTURE.md, Choices). A run of an end-to-end
bench sends for 60 s, a little more than can be taken, and ends when the last record can be queried; every run counts that each
acknowledged record is there, and once.

A core of a rented machine is not always worth the same: \`core\` is how much one sorted right before, in millions of numbers per
second (\`core-speed.ts\`), so that figures of different hours can be compared.

| figure | at least | aim | min | median | max | unit | runs | recorded | core | what bounds it |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${FIGURE_ROWS.map((row) => rowOf(row, lines)).join("\n")}
`;
}

function rowOf(row: FigureRow, lines: readonly Line[]): string {
  const found = lines.find(({ bench, metric }) => bench === row.bench && metric === row.metric);
  const measured =
    found === undefined
      ? ["", "", "", "", "", "not yet", ""]
      : [
          ...[found.min, found.value, found.max].map(shown),
          ...[found.unit, `${found.runs}`, found.recorded ?? "", `${found.coreSpeed ?? ""}`],
        ];
  const cells = [`${row.what} (\`${row.bench}\`)`, row.atLeast ?? "", row.aim ?? "", ...measured, row.bound ?? ""];
  return `| ${cells.join(" | ")} |`;
}

function shown(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString("en").replaceAll(",", " ") : String(value);
}

/** Of the servers that the local stack runs. */
function versions(): string {
  const dependencies = z.object({ dependencies: z.record(z.string(), z.string()) });
  const local = dependencies.parse(JSON.parse(readFileSync(resolve(root, "deploy/local/package.json"), "utf8")));
  const nats = spawnSync("nats-server", ["--version"], { encoding: "utf8" });
  return `ClickHouse by chdb ${local.dependencies["chdb"]}, ${nats.status === 0 ? nats.stdout.trim() : "nats-server as installed"}`;
}
