import { invalid } from "@sightline/errors/app-error";
import type { PromqlSeries } from "@sightline/proto/sightline/query/v1/promql_service";
import { valueText } from "@sightline/query/promql/result-json";
import type { QueryRequest } from "../http/query-api.ts";
import { callOf } from "../http/storage-call.ts";
import { answerOf, type Endpoint, truncationNotes } from "./endpoint.ts";
import { nameOfPath } from "./escaped-names.ts";
import { limitOf, timeOf } from "./parameters.ts";

const HOUR_MS = 3_600_000;
/** What of a series' history is looked at where nobody says how much. */
const DEFAULT_RANGE_MS = 12 * HOUR_MS;

export const seriesEndpoints: readonly Endpoint[] = [
  {
    path: "/series",
    post: true,
    answer: async (request, { promql, clock }) => {
      const asked = selection(request, clock());
      if (asked.matches.length === 0) throw invalid("no match[] parameter provided");
      const found: PromqlSeries[] = [];
      let truncated = false;
      for await (const message of promql.stream("listPromqlSeries", asked, callOf(request))) {
        found.push(...message.series);
        truncated ||= message.truncated;
      }
      return answerOf(
        found.map(({ labels }) => labelsOf(labels)),
        truncationNotes(truncated),
      );
    },
  },
  {
    path: "/labels",
    post: true,
    answer: async (request, { promql, clock }) => {
      const { names, truncated } = await promql.call("listLabelNames", selection(request, clock()), callOf(request));
      return answerOf(names, truncationNotes(truncated));
    },
  },
  {
    path: "/label/:name/values",
    answer: async (request, { promql, clock }) => {
      const asked = { ...selection(request, clock()), name: nameOfPath(request.pathPart("name")) };
      const { values, truncated } = await promql.call("listLabelValues", asked, callOf(request));
      return answerOf(values, truncationNotes(truncated));
    },
  },
  {
    path: "/metadata",
    answer: async (request, { promql }) => {
      const { parameters } = request;
      const asked = { metric: parameters.get("metric"), limit: limitOf(parameters) };
      const { metrics } = await promql.call("listMetricMetadata", asked, callOf(request));
      return answerOf(Object.fromEntries(metrics.map(({ metric, ...known }) => [metric, [known]])));
    },
  },
  {
    path: "/query_exemplars",
    post: true,
    answer: async (request, { promql, clock }) => {
      const { startUnixMs, endUnixMs } = selection(request, clock());
      const asked = { query: request.parameters.get("query"), startUnixMs, endUnixMs };
      const { series, truncated } = await promql.call("queryExemplars", asked, callOf(request));
      return answerOf(
        series.map(({ labels, exemplars }) => ({
          seriesLabels: labelsOf(labels),
          exemplars: exemplars.map((exemplar) => ({
            labels: labelsOf(exemplar.labels),
            value: valueText(exemplar.value),
            timestamp: exemplar.unixMs / 1000,
          })),
        })),
        truncationNotes(truncated),
      );
    },
  },
];

/** The series that a request is about, in the last hours where it gives no times. */
function selection({ parameters }: QueryRequest, nowMs: number) {
  const endMs = timeOf(parameters, "end", nowMs);
  const startMs = timeOf(parameters, "start", Math.min(nowMs, endMs) - DEFAULT_RANGE_MS);
  return {
    matches: [...parameters.all("match[]")],
    startUnixMs: BigInt(startMs),
    endUnixMs: BigInt(endMs),
    limit: limitOf(parameters),
  };
}

/** Names and values by turns as an object. */
function labelsOf(flat: readonly string[]): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let at = 0; at < flat.length; at += 2) labels[flat[at] ?? ""] = flat[at + 1] ?? "";
  return labels;
}
