import { AppError, invalid } from "@sightline/errors/app-error";
import type {
  PromqlStatistics,
  QueryPromqlJsonResponse,
  QueryPromqlRequest,
  QueryPromqlResponse,
} from "@sightline/proto/sightline/query/v1/promql_service";
import type { QueryRequest } from "../http/query-api.ts";
import type { Parameters } from "../http/request-parameters.ts";
import { type ApiAnswer, type ApiContext, type Endpoint, truncationNotes } from "./endpoint.ts";
import { badParameter, durationOf, limitOf, timeOf } from "./parameters.ts";
import { answerRange, type Messages, type RangeAnswer, type RangeQuestion } from "./remembered-range.ts";
import { matrixJson } from "./result-json.ts";
import { statisticsJson } from "./statistics-json.ts";

/** As long as Prometheus lets a query take by default. */
export const MAX_TIMEOUT_MS = 120_000;

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
      const startMs = timeOf(parameters, "start");
      const endMs = timeOf(parameters, "end");
      if (endMs < startMs) throw badParameter("end", "end timestamp must not be before start time");
      const stepMs = Math.round(durationOf(parameters, "step"));
      if (stepMs <= 0) {
        const problem = "zero or negative query resolution step widths are not accepted. Try a positive integer";
        throw badParameter("step", problem);
      }
      return await evaluateRange({ startMs, endMs, stepMs }, request, context);
    },
  },
];

function common(parameters: Parameters) {
  const lookback = parameters.get("lookback_delta") === "" ? 0 : durationOf(parameters, "lookback_delta");
  if (lookback < 0) throw badParameter("lookback_delta", "want a duration that is not negative");
  const withStatistics = parameters.get("stats") !== "";
  return { query: parameters.get("query"), lookbackMs: BigInt(Math.round(lookback)), withStatistics };
}

/** What storage answers goes on as it is. */
async function evaluate(query: QueryPromqlRequest, request: QueryRequest, { promql }: ApiContext): Promise<ApiAnswer> {
  const asked = { query, limit: limitOf(request.parameters) };
  const messages = promql.stream("queryPromqlJson", asked, queryCallOf(request))[Symbol.asyncIterator]();
  const first = await firstOf(messages);
  const { warnings } = truncationNotes(first.truncated);
  const notes = { warnings: [...first.warnings, ...warnings], infos: first.infos };
  const pieces = jsonOf(first, messages);
  if (first.statistics === undefined) return { data: pieces, notes };
  const { times } = query;
  const atMs = times?.$case === "unixMs" ? Number(times.value) : 0;
  const stats = statisticsJson(first.statistics, { startMs: atMs, stepMs: 0 }, perStepOf(request.parameters));
  return { data: withStatistics(pieces, stats), notes };
}

/** Whether numbers for each step are wanted too. */
const perStepOf = (parameters: Parameters) => parameters.get("stats") === "all";

/** An object of JSON in pieces with one field more, before its end. */
async function* withStatistics(pieces: AsyncIterable<Uint8Array>, stats: string): AsyncGenerator<string | Uint8Array> {
  let last: Uint8Array = new Uint8Array(0);
  for await (const piece of pieces) {
    if (last.length > 0) yield last;
    last = piece;
  }
  yield last.subarray(0, -1);
  yield `,"stats":${stats}}`;
}

async function* jsonOf(
  first: QueryPromqlJsonResponse,
  rest: AsyncIterator<QueryPromqlJsonResponse>,
): AsyncGenerator<Uint8Array> {
  yield first.json;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value.json;
}

async function evaluateRange(
  range: Pick<RangeQuestion, "startMs" | "endMs" | "stepMs">,
  request: QueryRequest,
  context: ApiContext,
): Promise<ApiAnswer> {
  const { parameters, caller } = request;
  const limit = limitOf(parameters);
  const asked = common(parameters);
  const question = { ...range, tenant: caller.tenant, query: asked.query, lookbackMs: Number(asked.lookbackMs) };
  const answered = await answerRange(question, {
    // What an evaluation took is only known of one that takes place.
    cache: asked.withStatistics || /\bno-store\b/i.test(request.header("cache-control")) ? null : context.rangeCache,
    ask: ({ startMs, endMs }) => {
      const value = { startUnixMs: BigInt(startMs), endUnixMs: BigInt(endMs), stepMs: BigInt(range.stepMs) };
      return askStorage({ ...asked, times: { $case: "range", value } }, request, context);
    },
  });
  context.rangeAnswered(answered);
  const answer = await answerWith(answered.messages, {
    limit,
    statistics: (found) => statisticsJson(found, range, perStepOf(parameters)),
  });
  return { ...answer, headers: { "cache-status": cacheStatus(answered) } };
}

/** What came from where, as RFC 9211 says it. */
function cacheStatus({ result, steps, remembered }: RangeAnswer): string {
  if (result === "hit") return "sightline; hit";
  return result === "partial"
    ? `sightline; fwd=partial; detail="${remembered} of ${steps} steps"`
    : `sightline; fwd=${result}`;
}

function askStorage(query: QueryPromqlRequest, request: QueryRequest, { promql }: ApiContext): Messages {
  return promql.stream("queryPromql", query, queryCallOf(request))[Symbol.asyncIterator]();
}

function queryCallOf({ parameters, caller, signal }: QueryRequest) {
  const wantedMs = parameters.get("timeout") === "" ? MAX_TIMEOUT_MS : durationOf(parameters, "timeout");
  return { tenant: caller.tenant, signal, deadlineMs: Math.max(0, Math.min(wantedMs, MAX_TIMEOUT_MS)) };
}

interface RangeForm {
  /** How many series are told; 0: all. */
  readonly limit: number;
  statistics(found: PromqlStatistics): string;
}

async function answerWith(messages: Messages, { limit, statistics }: RangeForm): Promise<ApiAnswer> {
  const first = await firstOf(messages);
  const stats = first.statistics === undefined ? "" : `,"stats":${statistics(first.statistics)}`;
  // Where an answer is cut off only shows when it comes, behind the notes' turn: a limit waits for all of it.
  if (limit > 0) return await limited(first, { messages, limit, stats });
  return { data: dataJson(first, { rest: messages, stats }), notes: { warnings: first.warnings, infos: first.infos } };
}

async function firstOf<Message>(messages: AsyncIterator<Message>): Promise<Message> {
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
  readonly stats: string;
}

async function limited(first: QueryPromqlResponse, { messages, limit, stats }: Limited): Promise<ApiAnswer> {
  const series = [...first.series];
  for (let next = await messages.next(); series.length <= limit && next.done !== true; next = await messages.next()) {
    series.push(...next.value.series);
  }
  await messages.return?.();
  const truncated = series.length > limit;
  const cut = { ...first, series: series.slice(0, limit) };
  const { warnings } = truncationNotes(truncated);
  return {
    data: dataJson(cut, { rest: nothing(), stats }),
    notes: { warnings: [...first.warnings, ...warnings], infos: first.infos },
  };
}

async function* nothing(): AsyncGenerator<QueryPromqlResponse> {
  yield* [];
}

interface Behind {
  readonly rest: AsyncIterator<QueryPromqlResponse>;
  /** What stands behind the series. */
  readonly stats: string;
}

/** The series of a range, while they come. */
async function* dataJson(first: QueryPromqlResponse, { rest, stats }: Behind): AsyncGenerator<string> {
  yield '{"resultType":"matrix","result":[';
  let separator = "";
  let message: QueryPromqlResponse | undefined = first;
  while (message !== undefined) {
    for (const series of message.series) {
      yield separator + matrixJson(series);
      separator = ",";
    }
    const next: IteratorResult<QueryPromqlResponse, unknown> = await rest.next();
    message = next.done === true ? undefined : next.value;
  }
  yield `]${stats}}`;
}
