import { readFileSync } from "node:fs";
import type { LabelMatcher } from "@sightline/query/promql/ast";
import { bigints, integers, textMaps, texts } from "../query/block-columns.ts";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import type { SeriesRow } from "./series-labels.ts";
import { seriesStatement } from "./series-statement.ts";

const statement = seriesStatement(readFileSync(new URL("./sql/series.sql", import.meta.url), "utf8"));

/** A series as it is stored. */
export interface StoredSeries extends SeriesRow {
  readonly metric: string;
  /** gauge, sum, histogram, exponential_histogram or summary. */
  readonly type: string;
  /** Its points say what came since the one before. */
  readonly isDelta: boolean;
}

export interface SeriesQuestion {
  readonly matchers: readonly LabelMatcher[];
  /** As those of `seriesParams`. */
  readonly params: Params;
  readonly context: ReadContext;
}

/** Some series: what they are, and their fingerprints. */
export interface SeriesBlock {
  readonly fingerprints: BigUint64Array;
  readonly series: readonly StoredSeries[];
}

/**
 * Reads the series of some metrics that fulfil the conditions.
 *
 * @param fingerprints only these of them; [] for all
 */
export async function* readSeries(
  reader: Reader,
  { matchers, params, context }: SeriesQuestion,
  fingerprints: readonly bigint[],
): AsyncGenerator<SeriesBlock> {
  const same = createInterning();
  const sql = statement({ matchers, areNamed: fingerprints.length > 0 });
  for await (const block of reader.readColumns(sql, { ...params, fingerprints }, context)) {
    const [metrics, types] = [texts(block, "metric"), texts(block, "type")];
    const isDelta = integers(block, "isDelta");
    const attributes = textMaps(block, "attributes");
    const namespaces = texts(block, "serviceNamespace");
    const names = texts(block, "serviceName");
    const instances = texts(block, "serviceInstance");
    const series = Array.from(metrics, (metric, row) => ({
      metric: same(metric),
      type: same(types[row] ?? ""),
      isDelta: isDelta[row] === 1,
      attributes: new Map(Array.from(attributes(row), ([name, value]) => [same(name), same(value)])),
      serviceNamespace: same(namespaces[row] ?? ""),
      serviceName: same(names[row] ?? ""),
      serviceInstance: same(instances[row] ?? ""),
    }));
    yield { fingerprints: bigints(block, "fingerprint"), series };
  }
}

/** Answers equal texts by the same one: series share most of theirs, and what is the same is compared at once. */
function createInterning(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const same = known.get(text);
    if (same !== undefined) return same;
    known.set(text, text);
    return text;
  };
}
