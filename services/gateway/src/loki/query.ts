import { AppError } from "@sightline/errors/app-error";
import {
  LogqlResultType,
  type LogqlSeries,
  type LogqlStream,
  type QueryLogqlRequest,
  type QueryLogqlResponse,
} from "@sightline/proto/sightline/query/v1/logql_service";
import { firstOfAll } from "../http/first-of-all.ts";
import type { QueryAnswer, QueryRequest } from "../http/query-api.ts";
import { callOf } from "../http/storage-call.ts";
import { labelsJson } from "../prometheus/result-json.ts";
import { asksForCategories, CATEGORIES_GIVEN, ENCODING_FLAGS } from "./encoding-flags.ts";
import { type Endpoint, JSON_TYPE, type LokiContext } from "./endpoint.ts";
import { durationOf, isForward, limitOf, rangeOf, stepOf, timeOf } from "./parameters.ts";
import { lineJson, matrixJson, pointJson, sampleJson } from "./result-json.ts";

export const queryEndpoints: readonly Endpoint[] = [
  {
    path: "/query",
    post: true,
    answer: async (request, context) => {
      const { parameters } = request;
      const time = timeOf(parameters, "time", BigInt(context.clock()) * 1_000_000n);
      const range = { startUnixNano: time, endUnixNano: time };
      return await evaluate({ ...common(request), ...range, stepNanos: 0n, intervalNanos: 0n }, request, context);
    },
  },
  {
    path: "/query_range",
    post: true,
    answer: async (request, context) => {
      const { parameters } = request;
      const range = rangeOf(parameters, context.clock());
      const stepNanos = stepOf(parameters, range);
      const intervalNanos = durationOf(parameters, "interval", 0n);
      return await evaluate({ ...common(request), ...range, stepNanos, intervalNanos }, request, context);
    },
  },
];

function common({ parameters, header }: QueryRequest) {
  return {
    query: parameters.get("query"),
    forward: isForward(parameters),
    limit: limitOf(parameters),
    categorizeLabels: asksForCategories(header(ENCODING_FLAGS)),
  };
}

async function evaluate(
  query: QueryLogqlRequest,
  request: QueryRequest,
  { logql, clock }: LokiContext,
): Promise<QueryAnswer> {
  const startedMs = clock();
  const { first, all } = await firstOfAll(logql.stream("queryLogql", query, callOf(request)));
  if (first === undefined) throw new AppError("internal", "cannot answer the query: got no message");
  const stats = () => statistics(first, (clock() - startedMs) / 1000);
  const answer = { messages: all, categorize: query.categorizeLabels };
  return { contentType: JSON_TYPE, pieces: answerJson(first.type, answer, stats) };
}

interface Answer {
  readonly messages: AsyncIterable<QueryLogqlResponse>;
  readonly categorize: boolean;
}

/** What Loki's clients look at of its statistics. */
function statistics({ linesRead, charactersRead }: QueryLogqlResponse, seconds: number) {
  const lines = Number(linesRead);
  const characters = Number(charactersRead);
  const perSecond = (count: number) => (seconds > 0 ? Math.round(count / seconds) : 0);
  return {
    summary: {
      bytesProcessedPerSecond: perSecond(characters),
      linesProcessedPerSecond: perSecond(lines),
      totalBytesProcessed: characters,
      totalLinesProcessed: lines,
      execTime: seconds,
    },
  };
}

/** The text of an answer, while it comes. What its labels are stands before the lines, by which Grafana chooses how to read them. */
async function* answerJson(type: LogqlResultType, answer: Answer, stats: () => object): AsyncGenerator<string> {
  const flags = answer.categorize ? `,${CATEGORIES_GIVEN}` : "";
  yield `{"status":"success","data":{"resultType":"${NAMES[type] ?? "matrix"}"${flags},"result":`;
  switch (type) {
    case LogqlResultType.STREAMS:
      yield* streamsJson(answer);
      break;
    case LogqlResultType.SCALAR:
      yield* scalarJson(answer);
      break;
    default:
      yield* seriesJson(answer, type === LogqlResultType.VECTOR ? sampleJson : matrixJson);
  }
  yield `,"stats":${JSON.stringify(stats())}}}`;
}

const NAMES: Readonly<Partial<Record<LogqlResultType, string>>> = {
  [LogqlResultType.STREAMS]: "streams",
  [LogqlResultType.VECTOR]: "vector",
  [LogqlResultType.SCALAR]: "scalar",
};

/** A stream that goes on in the next message is one. */
async function* streamsJson({ messages, categorize }: Answer): AsyncGenerator<string> {
  let open = "";
  yield "[";
  for await (const { streams } of messages) {
    for (const { labels, lines } of streams) {
      const json = labelsJson(labels);
      if (json !== open) {
        if (open !== "") yield "]},";
        yield `{"stream":${json},"values":[`;
      }
      yield* linesJson(lines, { isFirst: json !== open, categorize });
      open = json;
    }
  }
  yield open === "" ? "]" : "]}]";
}

function* linesJson(
  lines: LogqlStream["lines"],
  { isFirst, categorize }: { isFirst: boolean; categorize: boolean },
): Generator<string> {
  let comma = isFirst ? "" : ",";
  for (const line of lines) {
    yield comma + lineJson(line, categorize);
    comma = ",";
  }
}

async function* scalarJson({ messages }: Answer): AsyncGenerator<string> {
  for await (const { series } of messages) {
    for (const { unixMs, values } of series) yield pointJson(unixMs[0] ?? 0, values[0] ?? 0);
  }
}

async function* seriesJson({ messages }: Answer, toJson: (series: LogqlSeries) => string): AsyncGenerator<string> {
  let comma = "";
  yield "[";
  for await (const { series } of messages) {
    for (const one of series) {
      yield comma + toJson(one);
      comma = ",";
    }
  }
  yield "]";
}
