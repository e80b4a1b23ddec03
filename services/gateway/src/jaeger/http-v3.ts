import { AppError, invalid } from "@sightline/errors/app-error";
import { parseRfc3339 } from "@sightline/model/rfc3339";
import { nanosOfMs } from "@sightline/model/time";
import { firstOfAll } from "../http/first-of-all.ts";
import type { QueryAnswer } from "../http/query-api.ts";
import type { Parameters } from "../http/request-parameters.ts";
import { callOf } from "../http/storage-call.ts";
import { listDependencies } from "./dependencies.ts";
import { type Endpoint, JSON_TYPE } from "./endpoint.ts";
import { type FoundTrace, findTraces, readTrace } from "./find-traces.ts";
import { listOperations, listServices } from "./operations.ts";
import { otlpJson } from "./otlp-json.ts";
import { countOf, durationOf, malformed, tagObject } from "./parameters.ts";
import { rangeOf, type TraceQuery, traceIdOf } from "./trace-query.ts";

/** Jaeger's third API over HTTP: the messages of `jaeger/api_v3/query_service.proto` in JSON, traces as OTLP. */
export const v3Endpoints: readonly Endpoint[] = [
  {
    path: "/services",
    answer: async (request, context) => jsonAnswer({ services: await listServices(callOf(request), context) }),
  },
  {
    path: "/operations",
    answer: async (request, context) => {
      const { parameters } = request;
      const service = parameters.get("service");
      if (service === "") throw invalid("missing parameter service");
      const kind = eitherOf(parameters, "spanKind", "span_kind");
      const operations = await listOperations({ service, kind }, callOf(request), context);
      // Who does not say is taken to be internal.
      return jsonAnswer({
        operations: operations.map(({ name, spanKind }) => ({ name, spanKind: spanKind || "internal" })),
      });
    },
  },
  {
    path: "/traces",
    answer: async (request, context) => tracesAnswer(findTraces(queryOf(request.parameters), callOf(request), context)),
  },
  {
    path: "/traces/:id",
    answer: async (request, context) => {
      const { parameters } = request;
      const start = timeOf(parameters, "startTime", "start_time");
      const end = timeOf(parameters, "endTime", "end_time");
      const range = start === undefined && end === undefined ? undefined : rangeOf(start, end, context.clock());
      const trace = await readTrace({ traceId: traceIdOf(request.pathPart("id")), range }, callOf(request), context);
      return { contentType: JSON_TYPE, pieces: [`{"result":${otlpJson({ resourceSpans: trace.resourceSpans })}}`] };
    },
  },
  {
    path: "/dependencies",
    answer: async (request, context) => {
      const { parameters } = request;
      const end = timeOf(parameters, "endTime", "end_time") ?? nanosOfMs(context.clock());
      const start = timeOf(parameters, "startTime", "start_time");
      if (start === undefined) throw invalid("missing parameter startTime");
      const range = { startMs: Number(start / 1_000_000n), endMs: Number(end / 1_000_000n) };
      const dependencies = await listDependencies(range, callOf(request), context);
      return jsonAnswer({
        dependencies: dependencies.map((link) => ({ ...link, callCount: String(link.callCount) })),
      });
    },
  },
];

function jsonAnswer(body: object): QueryAnswer {
  return { contentType: JSON_TYPE, pieces: [JSON.stringify(body)] };
}

/** All spans of all traces in one message, while they come. */
async function tracesAnswer(traces: AsyncGenerator<FoundTrace>): Promise<QueryAnswer> {
  const { first, all } = await firstOfAll(traces);
  if (first === undefined) throw new AppError("not_found", "No traces found");
  async function* pieces(): AsyncGenerator<string> {
    let before = '{"result":{"resourceSpans":[';
    for await (const { resourceSpans } of all) {
      for (const resource of resourceSpans) {
        yield before + otlpJson(resource);
        before = ",";
      }
    }
    yield "]}}";
  }
  return { contentType: JSON_TYPE, pieces: pieces() };
}

/** A parameter, or what it was called before. */
function eitherOf(parameters: Parameters, name: string, formerName: string): string {
  return parameters.get(name) || parameters.get(formerName);
}

function timeOf(parameters: Parameters, name: string, formerName: string): bigint | undefined {
  const text = eitherOf(parameters, name, formerName);
  if (text === "") return undefined;
  const nanos = parseRfc3339(text);
  if (nanos === undefined) throw malformed(name, text, "a time such as 2026-01-31T12:00:00Z");
  return nanos;
}

function queryOf(parameters: Parameters): TraceQuery {
  if (parameters.get("query.filter") !== "") {
    throw new AppError("unimplemented", "cannot use the parameter query.filter: structured filters are not supported");
  }
  const startUnixNano = timeOf(parameters, "query.startTimeMin", "query.start_time_min");
  const endUnixNano = timeOf(parameters, "query.startTimeMax", "query.start_time_max");
  if (startUnixNano === undefined || endUnixNano === undefined) {
    throw invalid("query.startTimeMin and query.startTimeMax are required");
  }
  const duration = (name: string, formerName: string) =>
    durationOf(parameters, parameters.get(name) === "" ? formerName : name);
  const attributes = parameters.get("query.attributes");
  return {
    service: eitherOf(parameters, "query.serviceName", "query.service_name"),
    operation: eitherOf(parameters, "query.operationName", "query.operation_name"),
    tags: attributes === "" ? {} : tagObject(attributes, "query.attributes"),
    range: rangeOf(startUnixNano, endUnixNano, 0),
    minDurationNano: duration("query.durationMin", "query.duration_min"),
    maxDurationNano: duration("query.durationMax", "query.duration_max"),
    limit:
      countOf(parameters, "query.searchDepth") ??
      countOf(parameters, "query.search_depth") ??
      countOf(parameters, "query.num_traces") ??
      0,
  };
}
