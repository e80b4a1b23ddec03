import type {
  ListDetectedFieldsRequest,
  ListDetectedFieldsResponse,
  ListDetectedFieldValuesRequest,
  ListDetectedFieldValuesResponse,
} from "@sightline/proto/sightline/query/v1/logql_service";
import { type DetectedField, detectFields } from "@sightline/query/logql/detect/detect-fields";
import { evaluateLogql } from "@sightline/query/logql/evaluate/engine";
import { parseLogQuery } from "@sightline/query/logql/logql";
import { planLogql } from "@sightline/query/logql/plan/plan";
import type { ReadContext } from "../query/reader.ts";
import { createLineSource } from "./line-source.ts";
import { type LogqlOptions, MAX_STEPS } from "./query-logql.ts";

/** The fields that the newest lines of a query have. */
export function listDetectedFields(options: LogqlOptions) {
  return async (request: ListDetectedFieldsRequest, context: ReadContext): Promise<ListDetectedFieldsResponse> => {
    const found = await detect(options, { ...request, maxFields: request.limit }, context);
    const fields = found.map(({ name, type, values, parsers }) => {
      return { name, type, values: BigInt(values.size), parsers: [...parsers] };
    });
    return { fields };
  };
}

/** The values that one field has in the newest lines of a query. */
export function listDetectedFieldValues(options: LogqlOptions) {
  return async (
    request: ListDetectedFieldValuesRequest,
    context: ReadContext,
  ): Promise<ListDetectedFieldValuesResponse> => {
    const found = await detect(options, { ...request, maxFields: Number.POSITIVE_INFINITY }, context);
    const values = found.find(({ name }) => name === request.name)?.values ?? [];
    return { values: [...values].sort().slice(0, request.limit) };
  };
}

type Question = Omit<ListDetectedFieldsRequest, "limit"> & { readonly maxFields: number };

async function detect(
  { reader, clock, limits }: LogqlOptions,
  { query, startUnixNano, endUnixNano, lineLimit, maxFields }: Question,
  context: ReadContext,
): Promise<DetectedField[]> {
  const plan = planLogql(parseLogQuery(query), {
    startNs: startUnixNano,
    endNs: endUnixNano,
    stepNs: 0,
    direction: "backward",
    limit: lineLimit,
    nowNs: BigInt(clock()) * 1_000_000n,
    maxSteps: MAX_STEPS,
  });
  const source = createLineSource({ reader, tenant: context.tenant, limits });
  const result = await evaluateLogql(plan, { source, limits, signal: context.signal, categorizeLabels: true });
  return result.type === "streams" ? detectFields(result.streams, maxFields) : [];
}
