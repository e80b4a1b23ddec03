import { columnKey, type StoredField } from "@sightline/query/traceql/stored-field";
import type { Bind } from "./bind.ts";

/**
 * A field of otel_traces in SQL. `there` says whether a span has it; where it has not, `value` is anything.
 *
 * - `text`: a text
 * - `attribute`: a text, which may say a number or a JSON array
 * - `number`: nanoseconds
 * - `status`, `kind`: as the collector's exporter writes them
 * - `texts`, `numbers`: one of each event or link; there is none where they are empty
 */
export interface SpanColumn {
  readonly type: "text" | "attribute" | "number" | "status" | "kind" | "texts" | "numbers";
  readonly value: string;
  /** Null when every span has it. */
  readonly there: string | null;
}

const NEVER_THERE: SpanColumn = { type: "text", value: "''", there: "0" };

/** Where a field is kept. Names of attributes are bound as parameters. */
export function spanColumn(field: StoredField, bind: Bind): SpanColumn {
  switch (field.type) {
    case "start":
      return { type: "number", value: "toUnixTimestamp64Nano(Timestamp)", there: null };
    case "intrinsic":
      return intrinsics[field.intrinsic];
    case "attribute":
      return attributeColumn(field, bind);
  }
}

function attributeColumn(field: Extract<StoredField, { type: "attribute" }>, bind: Bind): SpanColumn {
  // In the sort key, and the same for every span of a program.
  if (columnKey(field) === "resource.service.name") {
    return { type: "text", value: "ServiceName", there: "ServiceName != ''" };
  }
  const name = bind("String", field.name);
  switch (field.scope) {
    case "span":
      return ofMap("SpanAttributes", name);
    case "resource":
      return ofMap("ResourceAttributes", name);
    case "none": {
      const [span, resource] = [ofMap("SpanAttributes", name), ofMap("ResourceAttributes", name)];
      const value = `if(${span.there}, ${span.value}, ${resource.value})`;
      return { type: "attribute", value, there: `(${span.there} OR ${resource.there})` };
    }
    case "event":
      return ofMaps("Events.Attributes", name);
    case "link":
      return ofMaps("Links.Attributes", name);
    case "instrumentation":
      // The exporter's table has no attributes of scopes.
      return NEVER_THERE;
  }
}

function ofMap(map: string, name: string): SpanColumn {
  return { type: "attribute", value: `${map}[${name}]`, there: `mapContains(${map}, ${name})` };
}

function ofMaps(maps: string, name: string): SpanColumn {
  const value = `arrayMap(of -> of[${name}], arrayFilter(of -> mapContains(of, ${name}), \`${maps}\`))`;
  return listOf("texts", value);
}

function listOf(type: "texts" | "numbers", value: string): SpanColumn {
  return { type, value, there: `notEmpty(${value})` };
}

function text(value: string): SpanColumn {
  return { type: "text", value, there: null };
}

const intrinsics: Readonly<Record<Extract<StoredField, { type: "intrinsic" }>["intrinsic"], SpanColumn>> = {
  name: text("SpanName"),
  duration: { type: "number", value: "Duration", there: null },
  status: { type: "status", value: "StatusCode", there: null },
  statusMessage: text("StatusMessage"),
  kind: { type: "kind", value: "SpanKind", there: null },
  "trace:id": text("TraceId"),
  "span:id": text("SpanId"),
  "span:parentID": text("ParentSpanId"),
  "event:name": listOf("texts", "`Events.Name`"),
  "event:timeSinceStart": listOf(
    "numbers",
    "arrayMap(of -> toUnixTimestamp64Nano(of) - toUnixTimestamp64Nano(Timestamp), `Events.Timestamp`)",
  ),
  "link:traceID": listOf("texts", "`Links.TraceId`"),
  "link:spanID": listOf("texts", "`Links.SpanId`"),
  "instrumentation:name": text("ScopeName"),
  "instrumentation:version": text("ScopeVersion"),
};
