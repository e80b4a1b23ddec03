import { AppError, invalid } from "@sightline/errors/app-error";
import { type Query, ReadRequest, ReadRequest_ResponseType } from "@sightline/proto/prometheus/prompb/remote";
import { type LabelMatcher, LabelMatcher_Type } from "@sightline/proto/prometheus/prompb/types";
import type { MatchOperator } from "@sightline/query/promql/ast";
import { formatMatcher } from "@sightline/query/promql/format";
import { deflateSnappy } from "@sightline/snappy/deflate";
import { inflateSnappy } from "@sightline/snappy/inflate";
import type { QueryApi, QueryRequest, QueryRoute } from "../http/query-api.ts";
import { callOf } from "../http/storage-call.ts";
import type { ApiContext } from "./endpoint.ts";
import { errorAnswer } from "./envelope.ts";

const MAX_REQUEST_BYTES = 4 * 1024 * 1024;
/** An answer is compressed as a whole: some three million samples. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export const REMOTE_READ: QueryRoute = { path: "/read", post: "bytes" };

/**
 * `/api/v1/read`: another Prometheus reads samples as they are stored (prometheus.io/docs/specs/prw, `prompb/remote.proto`). It is answered
 * with samples, which all its clients take; streamed chunks are not offered.
 */
export function remoteRead(context: ApiContext): QueryApi<QueryRoute> {
  return {
    prefix: "/api/v1",
    endpoints: [REMOTE_READ],
    answer: async (_route, request) => {
      const results = await readAll(queriesOf(request), request, context);
      return {
        contentType: "application/x-protobuf",
        headers: { "content-encoding": "snappy" },
        pieces: [deflateSnappy(encodeResults(results))],
      };
    },
    error: (error) => {
      const { status, body } = errorAnswer(error);
      return { status, contentType: "text/plain; charset=utf-8", text: `${body.error}\n` };
    },
  };
}

function queriesOf({ body }: QueryRequest): readonly Query[] {
  const { queries, acceptedResponseTypes } = decode(inflateSnappy(body, MAX_REQUEST_BYTES));
  if (acceptedResponseTypes.length > 0 && !acceptedResponseTypes.includes(ReadRequest_ResponseType.SAMPLES)) {
    throw invalid(
      `server does not support any of the requested response types: got ${acceptedResponseTypes}, want SAMPLES (0)`,
    );
  }
  return queries;
}

function decode(bytes: Uint8Array): ReadRequest {
  try {
    return ReadRequest.decode(bytes);
  } catch (cause) {
    throw new AppError("invalid_argument", "cannot read the request as a prometheus.ReadRequest", { cause });
  }
}

const OPERATORS: Readonly<Record<number, MatchOperator>> = {
  [LabelMatcher_Type.EQ]: "=",
  [LabelMatcher_Type.NEQ]: "!=",
  [LabelMatcher_Type.RE]: "=~",
  [LabelMatcher_Type.NRE]: "!~",
};

function selectorOf(matchers: readonly LabelMatcher[]): string {
  const conditions = matchers.map(({ type, name, value }) => {
    const operator = OPERATORS[type];
    if (operator === undefined)
      throw invalid(`cannot read the matcher of ${JSON.stringify(name)}: got type ${type}, want 0 to 3`);
    return formatMatcher({ name, operator, value });
  });
  return `{${conditions.join(",")}}`;
}

/** For each query the pieces of a QueryResult. */
async function readAll(queries: readonly Query[], request: QueryRequest, { promql }: ApiContext) {
  const results: Uint8Array[][] = [];
  let size = 0;
  for (const { startTimestampMs, endTimestampMs, matchers } of queries) {
    const times = { startUnixMs: startTimestampMs, endUnixMs: endTimestampMs };
    const asked = { selector: selectorOf(matchers), ...times };
    const pieces: Uint8Array[] = [];
    results.push(pieces);
    for await (const { queryResult } of promql.stream("readSamples", asked, callOf(request))) {
      size += queryResult.length;
      if (size > MAX_ANSWER_BYTES) {
        const problem = `cannot read the samples: they take more than ${MAX_ANSWER_BYTES} bytes`;
        throw new AppError("resource_exhausted", `${problem}; ask for fewer series or a shorter time`);
      }
      pieces.push(queryResult);
    }
  }
  return results;
}

/** A prometheus.ReadResponse: `results`, field 1, each with its length before it. */
function encodeResults(results: readonly (readonly Uint8Array[])[]): Buffer {
  const lengthOf = (pieces: readonly Uint8Array[]) => pieces.reduce((sum, { length }) => sum + length, 0);
  return Buffer.concat(results.flatMap((pieces) => [headOf(lengthOf(pieces)), ...pieces]));
}

function headOf(length: number): Buffer {
  const bytes = [(1 << 3) | 2];
  let left = length;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
  return Buffer.from([...bytes, left]);
}
