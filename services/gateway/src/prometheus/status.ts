import { AppError, invalid } from "@sightline/errors/app-error";
import { readQuery } from "@sightline/query/promql/engine";
import { format } from "@sightline/query/promql/format";
import { answerOf, type Endpoint } from "./endpoint.ts";

/**
 * The release of Prometheus whose API and PromQL this is: clients tell by it what they may ask for. Without `features`, by
 * which Grafana would take us for another system.
 */
const COMPATIBLE_VERSION = "3.5.0";

export const statusEndpoints: readonly Endpoint[] = [
  {
    path: "/format_query",
    post: true,
    answer: async ({ parameters }) => {
      try {
        return answerOf(format(readQuery(parameters.get("query")).expression));
      } catch (thrown) {
        throw invalid(`invalid parameter "query": ${AppError.from(thrown).message}`);
      }
    },
  },
  {
    path: "/status/buildinfo",
    answer: async () =>
      answerOf({
        version: COMPATIBLE_VERSION,
        revision: "sightline",
        branch: "",
        buildUser: "",
        buildDate: "",
        goVersion: "",
      }),
  },
];
