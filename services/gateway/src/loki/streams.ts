import type { Clock } from "@sightline/model/time";
import type { QueryRequest } from "../http/query-api.ts";
import { callOf } from "../http/storage-call.ts";
import { type Endpoint, jsonAnswer, successAnswer } from "./endpoint.ts";
import { rangeOf } from "./parameters.ts";

/** What is looked at where nobody says how much. */
const DEFAULT_SINCE_NS = 6n * 3_600_000_000_000n;

export const streamEndpoints: readonly Endpoint[] = [
  // The second is the name that Loki had for it first, and goes on answering.
  ...["/labels", "/label"].map(
    (path): Endpoint => ({
      path,
      post: true,
      answer: async (request, { logql, clock }) => {
        const { names } = await logql.call("listStreamLabels", selection(request, clock), callOf(request));
        return listed(names);
      },
    }),
  ),
  {
    path: "/label/:name/values",
    post: true,
    answer: async (request, { logql, clock }) => {
      const asked = { ...selection(request, clock), name: request.pathPart("name") };
      const { values } = await logql.call("listStreamLabelValues", asked, callOf(request));
      return listed(values);
    },
  },
  {
    path: "/series",
    post: true,
    answer: async (request, { logql, clock }) => {
      const { parameters } = request;
      const matches = [...parameters.all("match"), ...parameters.all("match[]")];
      const asked = { matches, ...rangeOf(parameters, clock(), DEFAULT_SINCE_NS) };
      const { streams } = await logql.call("listStreams", asked, callOf(request));
      return successAnswer(streams.map(({ labels }) => objectOf(labels)));
    },
  },
  {
    path: "/index/stats",
    post: true,
    answer: async (request, { logql, clock }) => {
      const asked = selection(request, clock);
      const { streams, lines, bytes } = await logql.call("countStreams", asked, callOf(request));
      // A chunk is what Loki reads at once; here each stream is as good as one.
      const counts = { streams: Number(streams), chunks: Number(streams) };
      return jsonAnswer({ ...counts, bytes: Number(bytes), entries: Number(lines) });
    },
  },
];

/** Without any there is no list, as in Loki. */
function listed(items: readonly string[]) {
  return items.length === 0 ? jsonAnswer({ status: "success" }) : successAnswer(items);
}

function selection({ parameters }: QueryRequest, clock: Clock) {
  return { selector: parameters.get("query"), ...rangeOf(parameters, clock(), DEFAULT_SINCE_NS) };
}

/** Names and values by turns as an object. */
function objectOf(labels: readonly string[]): Record<string, string> {
  const pairs = Array.from({ length: labels.length / 2 }, (_, at) => [labels[at * 2] ?? "", labels[at * 2 + 1] ?? ""]);
  return Object.fromEntries(pairs);
}
