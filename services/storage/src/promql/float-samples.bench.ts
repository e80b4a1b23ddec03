// What samples cost from ClickHouse's blocks to what PromQL calculates with: of few parts, of many, whose runs are short, and the newest
// of each series.
import type { ReadBlock, ReadColumn } from "@sightline/columns/read-blocks";
import { printFigure, runs } from "../../../../tests/bench/result.ts";
import type { Reader } from "../query/reader.ts";
import { createFingerprintMap } from "./fingerprint-map.ts";
import type { Floats } from "./float-runs.ts";
import { addFloats, readFloats } from "./float-samples.ts";
import { createSeriesSet } from "./series-set.ts";
import type { WantedOfTable, WantedSeries } from "./wanted-series.ts";
import { wordsOf } from "./words.ts";

const SCRAPE_MS = 15_000;
/** As ClickHouse cuts them. */
const ROWS_PER_BLOCK = 65_409;

interface Shape {
  readonly name: string;
  readonly series: number;
  readonly samplesEach: number;
  /** How many parts there are, each of them with some of the time of all series. */
  readonly parts: number;
}

const shapes: readonly Shape[] = [
  { name: "one-part", series: 1000, samplesEach: 1440, parts: 1 },
  { name: "many-parts", series: 1000, samplesEach: 1440, parts: 60 },
  { name: "more-series", series: 5000, samplesEach: 260, parts: 20 },
  { name: "newest", series: 10_000, samplesEach: 1, parts: 1 },
];

for (const shape of shapes) {
  const fingerprints = BigUint64Array.from({ length: shape.series }, (_, at) =>
    BigInt.asUintN(64, BigInt(at + 1) * 0x9e3779b97f4a7c15n),
  );
  const newestOnly = shape.samplesEach === 1;
  const blocks = [...blocksOf(shape, fingerprints)];
  const reader: Pick<Reader, "readColumns"> = {
    async *readColumns() {
      yield* blocks;
    },
  };
  const wanted = wantedOf(fingerprints);
  const values: number[] = [];
  for (let run = -3; run < runs; run++) {
    const before = process.cpuUsage();
    const set = createSeriesSet();
    const startMs = 1_700_000_000_000;
    const times = { startMs, endMs: startMs, newestUntilMs: newestOnly ? startMs : null };
    const rest = { params: {}, selected: "", ...times, budget: { left: 1e9 } };
    const context = { tenant: "default", signal: AbortSignal.timeout(60_000) };
    const take = (one: WantedSeries, floats: Floats) => addFloats(one, floats, set);
    await readFloats(reader, { ...rest, ...wanted, take, context });
    set.series();
    const { user, system } = process.cpuUsage(before);
    if (run >= 0) values.push((user + system) / 1000);
  }
  const config = { series: shape.series, samples: shape.series * shape.samplesEach, parts: shape.parts };
  printFigure({ bench: "float-samples", metric: `${shape.name}_cpu_milliseconds`, unit: "ms", values, config });
}

function wantedOf(fingerprints: BigUint64Array): Pick<WantedOfTable, "all" | "byFingerprint"> {
  const all = Array.from(fingerprints, (_, place): WantedSeries => {
    const attributes = new Map([
      ["instance", `10.0.${place % 256}.${Math.floor(place / 256)}:9100`],
      ["job", `job-${place % 20}`],
      ["region", "eu-west-1"],
    ]);
    const resource = { serviceName: "", serviceNamespace: "", serviceInstance: "" };
    const series = { metric: "memory_used_bytes", type: "gauge", isDelta: false, attributes, ...resource };
    return { place, series, parts: [{ metric: series.metric, part: "own", name: series.metric }] };
  });
  const byFingerprint = createFingerprintMap<WantedSeries>(all.length);
  const words = wordsOf(fingerprints);
  for (const one of all) byFingerprint.set(words, one.place, one);
  return { all, byFingerprint };
}

/** The blocks of all parts; the first part comes last, as two threads may have it. */
function* blocksOf({ series, samplesEach, parts }: Shape, fingerprints: BigUint64Array): Generator<ReadBlock> {
  const each = samplesEach / parts;
  for (let turn = 1; turn <= parts; turn++) {
    const part = turn % parts;
    for (let from = 0; from < series * each; from += ROWS_PER_BLOCK) {
      const rows = Math.min(ROWS_PER_BLOCK, series * each - from);
      const places = Uint32Array.from({ length: rows }, (_, row) => Math.floor((from + row) / each));
      const first = places[0] ?? 0;
      const keys = fingerprints.slice(first, (places.at(-1) ?? 0) + 1);
      const columns: Readonly<Record<string, ReadColumn>> = {
        fingerprint:
          samplesEach === 1
            ? { kind: "numbers", values: keys }
            : { kind: "coded", keys, codes: Uint16Array.from(places, (place) => place - first) },
        time: {
          kind: "numbers",
          values: Uint32Array.from({ length: rows }, (_, row) => (part * each + ((from + row) % each)) * SCRAPE_MS),
        },
        value: { kind: "numbers", values: Float64Array.from({ length: rows }, (_, row) => from + row) },
      };
      yield { rows, column: (name) => columns[name] ?? { kind: "texts", values: [] } };
    }
  }
}
