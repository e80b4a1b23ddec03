import { invalid } from "@sightline/errors/app-error";
import { firstOfAll } from "../http/first-of-all.ts";
import type { QueryAnswer } from "../http/query-api.ts";
import type { Parameters } from "../http/request-parameters.ts";
import { callOf } from "../http/storage-call.ts";
import { listDependencies } from "./dependencies.ts";
import { type Endpoint, JSON_TYPE } from "./endpoint.ts";
import { type FoundTrace, findTraces, readTrace, readTraces } from "./find-traces.ts";
import { listOperationNames, listOperations, listServices } from "./operations.ts";
import { countOf, durationOf, tagObject, timeOf } from "./parameters.ts";
import { performanceQuestion, readPerformance } from "./performance.ts";
import { rangeOf, type TraceQuery, traceIdOf } from "./trace-query.ts";
import { traceJson } from "./ui-json.ts";

const MICROSECOND = 1000n;
const MILLISECOND = 1_000_000n;
const DAY_MS = 24 * 3_600_000;

/** The API that Jaeger's own page and Grafana speak; not documented but by its code (`jaegerquery/internal/http_handler.go`). */
export const v1Endpoints: readonly Endpoint[] = [
  {
    path: "/services",
    answer: async (request, context) => listAnswer(await listServices(callOf(request), context)),
  },
  {
    path: "/services/:service/operations",
    answer: async (request, context) =>
      listAnswer(await listOperationNames(request.pathPart("service"), callOf(request), context)),
  },
  {
    path: "/operations",
    answer: async (request, context) => {
      const service = required(request.parameters, "service");
      const kind = request.parameters.get("spanKind");
      return listAnswer(await listOperations({ service, kind }, callOf(request), context));
    },
  },
  {
    path: "/traces",
    answer: async (request, context) => {
      const { parameters } = request;
      const ids = parameters.all("traceID").map(traceIdOf);
      if (ids.length > 0) return tracesAnswer(readTraces({ traceIds: ids }, callOf(request), context), ids);
      return tracesAnswer(findTraces(queryOf(parameters, context.clock()), callOf(request), context));
    },
  },
  {
    path: "/traces/:id",
    answer: async (request, context) => {
      const { parameters } = request;
      const start = timeOf(parameters, "start", MICROSECOND);
      const end = timeOf(parameters, "end", MICROSECOND);
      const range = start === undefined && end === undefined ? undefined : rangeOf(start, end, context.clock());
      const trace = await readTrace({ traceId: traceIdOf(request.pathPart("id")), range }, callOf(request), context);
      return structured([traceJson(trace)]);
    },
  },
  // How services do over time, which Jaeger's page shows as its monitor (docs, "Service Performance Monitoring").
  ...(["latencies", "calls", "errors"] as const).map(
    (kind): Endpoint => ({
      path: `/metrics/${kind}`,
      answer: async (request, context) => {
        const question = performanceQuestion(kind, request.parameters, context.clock());
        const family = await readPerformance(question, callOf(request), context);
        return { contentType: JSON_TYPE, pieces: [JSON.stringify(family)] };
      },
    }),
  ),
  // Milliseconds.
  { path: "/metrics/minstep", answer: async () => structured(1) },
  {
    path: "/dependencies",
    answer: async (request, context) => {
      const { parameters } = request;
      const endMs = Number((timeOf(parameters, "endTs", MILLISECOND) ?? 0n) / MILLISECOND) || context.clock();
      const lookbackMs = Number((timeOf(parameters, "lookback", MILLISECOND) ?? 0n) / MILLISECOND) || DAY_MS;
      const all = await listDependencies({ startMs: endMs - lookbackMs, endMs }, callOf(request), context);
      const service = parameters.get("service");
      const links = all.filter(({ parent, child }) => service === "" || service === parent || service === child);
      return structured(links.map((link) => ({ ...link, callCount: Number(link.callCount) })));
    },
  },
];

/** The frame of every answer. */
function structured(
  data: unknown,
  { total = 0, errors = null }: { total?: number; errors?: unknown } = {},
): QueryAnswer {
  const frame = { data, total, limit: 0, offset: 0, errors };
  return { contentType: JSON_TYPE, pieces: [JSON.stringify(frame)] };
}

function listAnswer(data: readonly unknown[]): QueryAnswer {
  return structured(data, { total: data.length });
}

/** Traces, while they come; of those that were asked for by ids the frame says which are not there. */
async function tracesAnswer(traces: AsyncGenerator<FoundTrace>, ids: readonly string[] = []): Promise<QueryAnswer> {
  // What is wrong with the query shows with the first one, when there is still time to answer so.
  const { all } = await firstOfAll(traces);
  async function* pieces(): AsyncGenerator<string> {
    const missing = new Set(ids);
    let before = '{"data":[';
    for await (const found of all) {
      const trace = traceJson(found);
      missing.delete(trace.traceID);
      yield before + JSON.stringify(trace);
      before = ",";
    }
    if (before !== ",") yield before;
    const errors = Array.from(missing, (traceID) => ({ msg: "trace not found", traceID }));
    yield `],"total":0,"limit":0,"offset":0,"errors":${JSON.stringify(errors.length === 0 ? null : errors)}}`;
  }
  return { contentType: JSON_TYPE, pieces: pieces() };
}

function required(parameters: Parameters, name: string): string {
  const value = parameters.get(name);
  if (value === "") throw invalid(`parameter '${name}' is required`);
  return value;
}

function queryOf(parameters: Parameters, nowMs: number): TraceQuery {
  return {
    service: required(parameters, "service"),
    operation: parameters.get("operation"),
    tags: tagsOf(parameters),
    range: rangeOf(timeOf(parameters, "start", MICROSECOND), timeOf(parameters, "end", MICROSECOND), nowMs),
    minDurationNano: durationOf(parameters, "minDuration"),
    maxDurationNano: durationOf(parameters, "maxDuration"),
    limit: countOf(parameters, "limit") ?? 0,
  };
}

/** `tag=key:value`, and `tags` with a JSON object. */
function tagsOf(parameters: Parameters): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const text of parameters.all("tag")) {
    const at = text.indexOf(":");
    if (at < 1) throw invalid(`malformed 'tag' parameter, expecting key:value, received: ${text}`);
    tags[text.slice(0, at)] = text.slice(at + 1);
  }
  for (const text of parameters.all("tags")) Object.assign(tags, tagObject(text, "tags"));
  return tags;
}
