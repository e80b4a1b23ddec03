import type { Clock } from "@sightline/model/time";
import type { QueryRequest } from "../http/query-api.ts";
import { callOf } from "../http/storage-call.ts";
import { type Endpoint, jsonAnswer, successAnswer } from "./endpoint.ts";
import { countOf, limitOf, rangeOf, stepOf } from "./parameters.ts";

/** How many fields or values are answered where nobody says it. */
const DEFAULT_FIELDS = 1000;
/** Loki's own resolution of patterns; finer steps are as good as none. */
const LEAST_PATTERN_STEP_NS = 10_000_000_000n;

/** What is found in streams and lines without being asked for by name. */
export const detectedEndpoints: readonly Endpoint[] = [
  {
    path: "/detected_labels",
    post: true,
    answer: async (request, { logql, clock }) => {
      const asked = { selector: request.parameters.get("query"), ...rangeOf(request.parameters, clock()) };
      const { labels } = await logql.call("listDetectedLabels", asked, callOf(request));
      return jsonAnswer({
        detectedLabels: labels.map(({ name, values }) => ({ label: name, cardinality: Number(values) })),
      });
    },
  },
  {
    path: "/detected_fields",
    post: true,
    answer: async (request, { logql, clock }) => {
      const asked = fieldsAsked(request, clock);
      const { fields } = await logql.call("listDetectedFields", asked, callOf(request));
      return jsonAnswer({
        fields: fields.map(({ name, type, values, parsers }) => ({
          label: name,
          type,
          cardinality: Number(values),
          parsers: parsers.length === 0 ? null : parsers,
        })),
        limit: asked.limit,
      });
    },
  },
  {
    path: "/detected_field/:name/values",
    post: true,
    answer: async (request, { logql, clock }) => {
      const asked = { name: request.pathPart("name"), ...fieldsAsked(request, clock) };
      const { values } = await logql.call("listDetectedFieldValues", asked, callOf(request));
      return jsonAnswer({ values, limit: asked.limit });
    },
  },
  {
    path: "/patterns",
    post: true,
    answer: async (request, { logql, clock }) => {
      const { parameters } = request;
      const range = rangeOf(parameters, clock());
      const step = stepOf(parameters, range);
      const stepNanos = step < LEAST_PATTERN_STEP_NS ? LEAST_PATTERN_STEP_NS : step;
      const asked = { selector: parameters.get("query"), ...range, stepNanos };
      const { patterns } = await logql.call("listPatterns", asked, callOf(request));
      return successAnswer(
        patterns.map(({ pattern, unixSeconds, lines }) => ({
          pattern,
          samples: unixSeconds.map((second, at) => [Number(second), Number(lines[at] ?? 0n)]),
        })),
      );
    },
  },
];

function fieldsAsked({ parameters }: QueryRequest, clock: Clock) {
  // Loki's older name of the limit goes on working.
  const limit = countOf(parameters, "limit", 0) || countOf(parameters, "field_limit", 0) || DEFAULT_FIELDS;
  const lineLimit = limitOf(parameters, "line_limit");
  return { query: parameters.get("query"), ...rangeOf(parameters, clock()), lineLimit, limit };
}
