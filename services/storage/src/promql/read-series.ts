import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import { bigints, integers, textMaps, texts } from "../query/block-columns.ts";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import { fill } from "../query/statement.ts";
import type { SeriesRow } from "./series-labels.ts";

const conditions = readFileSync(new URL("./sql/series-conditions.sql", import.meta.url), "utf8");
const seriesSql = fill(readFileSync(new URL("./sql/series.sql", import.meta.url), "utf8"), { conditions });

/** A series as it is stored. */
export interface StoredSeries extends SeriesRow {
  readonly metric: string;
  /** gauge, sum, histogram, exponential_histogram or summary. */
  readonly type: string;
  /** Its points say what came since the one before. */
  readonly isDelta: boolean;
}

/** Reads the series of some metrics that fulfil the conditions, by their fingerprints. */
export async function readSeries(
  reader: Reader,
  { params, maxSeries, context }: { params: Params; maxSeries: number; context: ReadContext },
): Promise<Map<bigint, StoredSeries>> {
  const found = new Map<bigint, StoredSeries>();
  for await (const block of reader.readColumns(seriesSql, { ...params, limit: maxSeries + 1 }, context)) {
    const fingerprints = bigints(block, "fingerprint");
    const [metrics, types] = [texts(block, "metric"), texts(block, "type")];
    const isDelta = integers(block, "isDelta");
    const attributes = textMaps(block, "attributes");
    const namespaces = texts(block, "serviceNamespace");
    const names = texts(block, "serviceName");
    const instances = texts(block, "serviceInstance");
    for (const [row, fingerprint] of fingerprints.entries()) {
      found.set(fingerprint, {
        metric: metrics[row] ?? "",
        type: types[row] ?? "",
        isDelta: isDelta[row] === 1,
        attributes: attributes(row),
        serviceNamespace: namespaces[row] ?? "",
        serviceName: names[row] ?? "",
        serviceInstance: instances[row] ?? "",
      });
    }
  }
  if (found.size > maxSeries) {
    const message = `cannot select series: got more than ${maxSeries}, want at most that many; add label matchers`;
    throw new AppError("resource_exhausted", message);
  }
  return found;
}
