import { readFileSync } from "node:fs";
import { invalid } from "@sightline/errors/app-error";
import type {
  ListSpanAttributesRequest,
  ListSpanAttributesResponse,
} from "@sightline/proto/sightline/query/v1/traceql_service";
import { SpanScope } from "@sightline/proto/sightline/query/v1/traceql_service";
import { INTRINSIC_NAMES } from "@sightline/query/traceql/intrinsic";
import { lenientCondition } from "@sightline/query/traceql/lenient";
import { z } from "zod";
import { bounded, resolveRange } from "../query/bounds.ts";
import type { ReadContext } from "../query/reader.ts";
import { fill } from "../query/statement.ts";
import { createBind } from "./bind.ts";
import { spansSql } from "./span-hints.ts";
import type { TraceqlOptions } from "./traceql-options.ts";

const listTemplate = readFileSync(new URL("./sql/list-attributes.sql", import.meta.url), "utf8");

/** How many names of a scope are looked for. */
const MAX_NAMES = 5000;

/** Arrays of names, by scope. The exporter's table has no attributes of instrumentation scopes. */
const KEYS = {
  [SpanScope.RESOURCE]: "mapKeys(ResourceAttributes)",
  [SpanScope.SPAN]: "mapKeys(SpanAttributes)",
  [SpanScope.EVENT]: "arrayFlatten(arrayMap(of -> mapKeys(of), `Events.Attributes`))",
  [SpanScope.LINK]: "arrayFlatten(arrayMap(of -> mapKeys(of), `Links.Attributes`))",
} as const;
const STORED = [SpanScope.RESOURCE, SpanScope.SPAN, SpanScope.EVENT, SpanScope.LINK] as const;

/** The names of what spans have, by scope. */
export function listSpanAttributes({ reader, clock }: TraceqlOptions) {
  return async (request: ListSpanAttributesRequest, context: ReadContext): Promise<ListSpanAttributesResponse> => {
    const { scope, query } = request;
    if (scope === SpanScope.UNRECOGNIZED) throw invalid("cannot list attributes: got an unknown scope");
    const limit = bounded("limit", request.limit, { unset: MAX_NAMES, max: MAX_NAMES });
    const isWanted = (one: SpanScope) => scope === SpanScope.UNSPECIFIED || scope === one;
    const intrinsics = { scope: SpanScope.INTRINSIC, names: [...INTRINSIC_NAMES].slice(0, limit) };
    const wanted = STORED.filter(isWanted);
    const { startUnixNano, endUnixNano } = resolveRange(request.range, clock());
    if (wanted.length === 0) return { scopes: isWanted(SpanScope.INTRINSIC) ? [intrinsics] : [] };

    const { bind, params } = createBind();
    const sql = fill(listTemplate, {
      names: wanted.map((one) => `groupUniqArrayArray(${MAX_NAMES})(${KEYS[one]}) AS s${one}`).join(",\n    "),
      spans: spansSql(lenientCondition(query), bind),
    });
    const row = z.record(z.string(), z.array(z.string()));
    const bounds = { start: String(startUnixNano), end: String(endUnixNano) };
    const [names = {}] = await reader.read({ sql, row }, { ...params, ...bounds }, context);
    const stored = wanted.map((one) => ({ scope: one, names: (names[`s${one}`] ?? []).sort().slice(0, limit) }));
    const found = stored.filter(({ names: own }) => own.length > 0);
    return { scopes: isWanted(SpanScope.INTRINSIC) ? [...found, intrinsics] : found };
  };
}
