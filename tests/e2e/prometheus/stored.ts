import { readFileSync } from "node:fs";
import type { ClickHouse } from "@sightline/clickhouse/client";
import { z } from "zod";

const samplesSql = readFileSync(new URL("./sql/stored-samples.sql", import.meta.url), "utf8");
const histogramsSql = readFileSync(new URL("./sql/stored-histograms.sql", import.meta.url), "utf8");
const exemplarsSql = readFileSync(new URL("./sql/stored-exemplars.sql", import.meta.url), "utf8");
const metadataSql = readFileSync(new URL("./sql/stored-metadata.sql", import.meta.url), "utf8");

const labels = z.record(z.string(), z.string());
const number = z.coerce.number();

const seriesRow = z.object({ labels, samples: z.array(z.tuple([number, z.string()])) });
/** A series as it is stored: its labels, and the time (ms) and bits (hex) of every sample. */
export type StoredSeries = z.infer<typeof seriesRow>;

const histogramRow = z.object({
  ms: number,
  flags: number,
  count: number,
  sum: z.number().nullable(),
  scale: number,
  zeroCount: number,
  zeroThreshold: number,
  positiveOffset: number,
  positive: z.array(number),
  negativeOffset: number,
  negative: z.array(number),
});
export type StoredHistogram = z.infer<typeof histogramRow>;

const exemplarRow = z.object({ value: z.number(), traceId: z.string(), ms: number, labels });
const metadataRow = z.object({ name: z.string(), type: z.string(), unit: z.string(), description: z.string() });

/** What the database holds of remote write, up to a time. */
export const stored = {
  samples: (clickhouse: ClickHouse, endMs: number) => clickhouse.query(samplesSql, { endMs }, { schema: seriesRow }),
  histograms: (clickhouse: ClickHouse, metric: string, endMs: number) =>
    clickhouse.query(histogramsSql, { metric, endMs }, { schema: histogramRow }),
  exemplars: (clickhouse: ClickHouse, metric: string, endMs: number) =>
    clickhouse.query(exemplarsSql, { metric, endMs }, { schema: exemplarRow }),
  metadata: (clickhouse: ClickHouse, metrics: readonly string[]) =>
    clickhouse.query(metadataSql, { metrics }, { schema: metadataRow }),
};
