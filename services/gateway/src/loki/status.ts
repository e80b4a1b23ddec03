import { parseLogql } from "@sightline/query/logql/logql";
import { formatPretty } from "@sightline/query/logql/pretty";
import { type Endpoint, jsonAnswer, successAnswer } from "./endpoint.ts";

/** The release of Loki whose API and LogQL this is: clients tell by it what they may ask for. */
export const COMPATIBLE_VERSION = "3.5.0";

export const statusEndpoints: readonly Endpoint[] = [
  {
    path: "/format_query",
    post: true,
    answer: async ({ parameters }) => successAnswer(formatPretty(parseLogql(parameters.get("query")))),
  },
  {
    path: "/status/buildinfo",
    answer: async () =>
      jsonAnswer({
        version: COMPATIBLE_VERSION,
        revision: "sightline",
        branch: "",
        buildUser: "",
        buildDate: "",
        goVersion: "",
      }),
  },
];
