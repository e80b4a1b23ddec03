import { readFileSync } from "node:fs";
import type {
  ListMetricMetadataRequest,
  ListMetricMetadataResponse,
} from "@sightline/proto/sightline/query/v1/promql_service";
import { z } from "zod";
import type { ReadContext, Reader } from "../query/reader.ts";
import type { SelectionLimits } from "./find-metrics.ts";

const sql = readFileSync(new URL("./sql/metadata.sql", import.meta.url), "utf8");
const metadata = {
  sql,
  row: z.object({ name: z.string(), type: z.string(), unit: z.string(), help: z.string() }),
};

/** What is known of metrics besides their samples. */
export function listMetricMetadata({ reader, limits }: { reader: Reader; limits: SelectionLimits }) {
  return async (
    { metric, limit }: ListMetricMetadataRequest,
    context: ReadContext,
  ): Promise<ListMetricMetadataResponse> => {
    const most = limit === 0 ? limits.maxMetrics : Math.min(limit, limits.maxMetrics);
    const rows = await reader.read(metadata, { metric, limit: most }, context);
    return { metrics: rows.map(({ name, ...row }) => ({ metric: name, ...row })) };
  };
}
