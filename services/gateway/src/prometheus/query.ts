import { AppError, invalid } from "@sightline/errors/app-error";
import {
  PromqlResultType,
  type QueryPromqlRequest,
  type QueryPromqlResponse,
} from "@sightline/proto/sightline/query/v1/promql_service";
import type { QueryRequest } from "../http/query-api.ts";
import type { Parameters } from "../http/request-parameters.ts";
import { type ApiAnswer, type ApiContext, type Endpoint, truncationNotes } from "./endpoint.ts";
import { badParameter, durationOf, limitOf, timeOf } from "./parameters.ts";
import { matrixJson, pointJson, sampleJson } from "./result-json.ts";

/** As long as Prometheus lets a query take by default. */
const MAX_TIMEOUT_MS = 120_000;

export const queryEndpoints: readonly Endpoint[] = [
  {
    path: "/query",
    post: true,
    answer: async (request, context) => {
      const { parameters } = request;
      const unixMs = BigInt(timeOf(parameters, "time", context.clock()));
      return await evaluate({ ...common(parameters), times: { $case: "unixMs", value: unixMs } }, request, context);
    },
  },
  {
    path: "/query_range",
    post: true,
    answer: async (request, context) => {
      const { parameters } = request;
      const startUnixMs = BigInt(timeOf(parameters, "start"));
      const endUnixMs = BigInt(timeOf(parameters, "end"));
      if (endUnixMs < startUnixMs) throw badParameter("end", "end timestamp must not be before start time");
      const stepMs = BigInt(Math.round(durationOf(parameters, "step")));
      if (stepMs <= 0n) {
        const problem = "zero or negative query resolution step widths are not accepted. Try a positive integer";
        throw badParameter("step", problem);
      }
      const range = { startUnixMs, endUnixMs, stepMs };
      return await evaluate({ ...common(parameters), times: { $case: "range", value: range } }, request, context);
    },
  },
];

function common(parameters: Parameters) {
  const lookback = parameters.get("lookback_delta") === "" ? 0 : durationOf(parameters, "lookback_delta");
  if (lookback < 0) throw badParameter("lookback_delta", "want a duration that is not negative");
  return { query: parameters.get("query"), lookbackMs: BigInt(Math.round(lookback)) };
}

async function evaluate(
  query: QueryPromqlRequest,
  { parameters, caller, signal }: QueryRequest,
  { promql }: ApiContext,
): Promise<ApiAnswer> {
  const limit = limitOf(parameters);
  const wantedMs = parameters.get("timeout") === "" ? MAX_TIMEOUT_MS : durationOf(parameters, "timeout");
  const deadlineMs = Math.max(0, Math.min(wantedMs, MAX_TIMEOUT_MS));
  const messages = promql
    .stream("queryPromql", query, { tenant: caller.tenant, signal, deadlineMs })
    [Symbol.asyncIterator]();
  const first = await firstOf(messages);
  // Where an answer is cut off only shows when it comes, behind the notes' turn: a limit waits for all of it.
  if (limit > 0) return await limited(first, { messages, limit });
  return { data: dataJson(first, messages), notes: { warnings: first.warnings, infos: first.infos } };
}

async function firstOf(messages: AsyncIterator<QueryPromqlResponse>): Promise<QueryPromqlResponse> {
  try {
    const { value, done } = await messages.next();
    if (done === true) throw new AppError("internal", "cannot answer the query: got no message");
    return value;
  } catch (thrown) {
    const error = AppError.from(thrown);
    // A message of our own on a parameter has its name already.
    if (error.code !== "invalid_argument" || error.message.startsWith("invalid parameter")) throw error;
    throw invalid(`invalid parameter "query": ${error.message}`);
  }
}

interface Limited {
  readonly messages: AsyncIterator<QueryPromqlResponse>;
  readonly limit: number;
}

async function limited(first: QueryPromqlResponse, { messages, limit }: Limited): Promise<ApiAnswer> {
  const series = [...first.series];
  for (let next = await messages.next(); series.length <= limit && next.done !== true; next = await messages.next()) {
    series.push(...next.value.series);
  }
  await messages.return?.();
  const truncated = series.length > limit;
  const cut = { ...first, series: series.slice(0, limit) };
  const { warnings } = truncationNotes(truncated);
  return {
    data: dataJson(cut, nothing()),
    notes: { warnings: [...first.warnings, ...warnings], infos: first.infos },
  };
}

async function* nothing(): AsyncGenerator<QueryPromqlResponse> {
  yield* [];
}

/** The data of an answer, while it comes. */
async function* dataJson(first: QueryPromqlResponse, rest: AsyncIterator<QueryPromqlResponse>): AsyncGenerator<string> {
  const { type, text } = first;
  const [only] = first.series;
  const unixMs = only?.unixMs[0] ?? 0;
  switch (type) {
    case PromqlResultType.SCALAR:
      yield `{"resultType":"scalar","result":${pointJson(unixMs, only?.values[0] ?? 0)}}`;
      return;
    case PromqlResultType.STRING:
      yield `{"resultType":"string","result":[${unixMs / 1000},${JSON.stringify(text)}]}`;
      return;
    case PromqlResultType.VECTOR:
      yield* listJson("vector", sampleJson, { first, rest });
      return;
    default:
      yield* listJson("matrix", matrixJson, { first, rest });
  }
}

interface Messages {
  readonly first: QueryPromqlResponse;
  readonly rest: AsyncIterator<QueryPromqlResponse>;
}

async function* listJson(
  type: string,
  toJson: (series: QueryPromqlResponse["series"][number]) => string,
  { first, rest }: Messages,
): AsyncGenerator<string> {
  yield `{"resultType":"${type}","result":[`;
  let isFirst = true;
  let message: QueryPromqlResponse | undefined = first;
  while (message !== undefined) {
    for (const series of message.series) {
      yield isFirst ? toJson(series) : `,${toJson(series)}`;
      isFirst = false;
    }
    const next: IteratorResult<QueryPromqlResponse, unknown> = await rest.next();
    message = next.done === true ? undefined : next.value;
  }
  yield "]}";
}
