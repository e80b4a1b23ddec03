import { readFileSync } from "node:fs";
import type {
  ListSpanAttributeValuesRequest,
  ListSpanAttributeValuesResponse,
  SpanAttributeValue,
} from "@sightline/proto/sightline/query/v1/traceql_service";
import type { FieldName } from "@sightline/query/traceql/ast";
import { allOf, type SpanCondition } from "@sightline/query/traceql/condition";
import { KINDS, STATUSES } from "@sightline/query/traceql/intrinsic";
import { lenientCondition, parseFieldName } from "@sightline/query/traceql/lenient";
import { SERVICE_NAME, SPAN_NAME, type StoredField, storedFieldOf } from "@sightline/query/traceql/stored-field";
import { booleanOf, numericOfText } from "@sightline/query/traceql/value";
import { z } from "zod";
import { bounded, resolveRange } from "../query/bounds.ts";
import type { ReadContext } from "../query/reader.ts";
import { fill } from "../query/statement.ts";
import { createBind } from "./bind.ts";
import { spanColumn } from "./span-columns.ts";
import { spansSql } from "./span-hints.ts";
import type { TraceqlOptions } from "./traceql-options.ts";

const listTemplate = readFileSync(new URL("./sql/list-attribute-values.sql", import.meta.url), "utf8");

const MAX_VALUES = 5000;

/** The values that a field of spans has. */
export function listSpanAttributeValues({ reader, clock }: TraceqlOptions) {
  return async (
    request: ListSpanAttributeValuesRequest,
    context: ReadContext,
  ): Promise<ListSpanAttributeValuesResponse> => {
    const field = parseFieldName(request.field);
    const limit = bounded("limit", request.limit, { unset: MAX_VALUES, max: MAX_VALUES });
    const { startUnixNano, endUnixNano } = resolveRange(request.range, clock());
    const keywords = keywordsOf(field);
    if (keywords !== null) return { values: keywords.slice(0, limit).map((text) => ({ type: "keyword", text })) };
    const listed = listedField(field);
    if (listed === null) return { values: [] };

    const { bind, params } = createBind();
    const { type, value, there } = spanColumn(listed.column, bind);
    const sql = fill(listTemplate, {
      text: type === "texts" ? `arrayJoin(${value})` : `toString(${value})`,
      spans: spansSql(allOf([lenientCondition(request.query), listed.spans]), bind),
      there: there ?? `${value} != ''`,
    });
    const row = z.object({ text: z.string() });
    const bounds = { start: String(startUnixNano), end: String(endUnixNano), limit };
    const rows = await reader.read({ sql, row }, { ...params, ...bounds }, context);
    const texts = rows.map(({ text }) => text).sort();
    return { values: texts.map(field.type === "attribute" ? attributeValue : stringValue) };
  };
}

/** Of these there are no others, whatever was sent. */
function keywordsOf(field: FieldName): readonly string[] | null {
  if (field.type !== "intrinsic") return null;
  if (field.intrinsic === "status") return STATUSES;
  return field.intrinsic === "kind" ? KINDS : null;
}

interface ListedField {
  readonly column: StoredField;
  /** The spans that say it. */
  readonly spans: SpanCondition;
}

const ALL: SpanCondition = { type: "always" };
const ROOTS: SpanCondition = { type: "root" };

/** What is listed of a field; null where every span has another value, so that a list of them helps nobody. */
function listedField(field: FieldName): ListedField | null {
  if (field.type === "attribute") {
    return { column: { type: "attribute", scope: field.scope, name: field.name }, spans: ALL };
  }
  switch (field.intrinsic) {
    case "rootName":
      return { column: SPAN_NAME, spans: ROOTS };
    case "rootServiceName":
      return { column: SERVICE_NAME, spans: ROOTS };
    case "name":
    case "statusMessage":
    case "event:name":
    case "instrumentation:name":
    case "instrumentation:version": {
      const column = storedFieldOf(field);
      return column === null ? null : { column, spans: ALL };
    }
    default:
      return null;
  }
}

function stringValue(text: string): SpanAttributeValue {
  return { type: "string", text };
}

/** Attributes are kept as texts; one that says a number or a truth is most likely one. */
function attributeValue(text: string): SpanAttributeValue {
  if (booleanOf(text) !== null) return { type: "bool", text };
  return { type: numericOfText(text)?.type ?? "string", text };
}
