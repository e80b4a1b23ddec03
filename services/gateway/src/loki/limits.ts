import { AppError } from "@sightline/errors/app-error";
import { callOf, DEADLINE_MS } from "../http/storage-call.ts";
import { type Endpoint, jsonAnswer } from "./endpoint.ts";
import { MAX_LIMIT } from "./parameters.ts";
import { COMPATIBLE_VERSION } from "./status.ts";

export const limitEndpoints: readonly Endpoint[] = [
  {
    // What Grafana's Logs Drilldown asks first, to know what it may show and how far back it may look.
    path: "/drilldown-limits",
    answer: async (request, { retention }) => {
      const { kinds } = await retention.call("getRetention", {}, callOf(request));
      const days = kinds.find(({ kind }) => kind === "logs")?.days ?? 0;
      return jsonAnswer({
        limits: {
          discover_log_levels: true,
          max_entries_limit_per_query: MAX_LIMIT,
          max_line_size_truncate: false,
          // Nothing limits how long a query looks back but what is kept.
          max_query_length: "0s",
          max_query_lookback: "0s",
          max_query_range: "0s",
          metric_aggregation_enabled: false,
          query_timeout: `${DEADLINE_MS / 1000}s`,
          retention_period: days === 0 ? "0s" : `${days}d`,
          retention_stream: [],
          volume_enabled: true,
          volume_max_series: MAX_LIMIT,
        },
        // Patterns are found in what is stored.
        pattern_ingester_enabled: true,
        version: COMPATIBLE_VERSION,
      });
    },
  },
  {
    // As Loki answers whose tenant may not delete: how data are deleted is not for whoever may query to say.
    path: "/delete",
    everyMethod: true,
    answer: async () => {
      throw new AppError("permission_denied", "deletion is not available for this tenant");
    },
  },
];
