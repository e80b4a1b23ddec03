import { readFileSync } from "node:fs";
import type { SpanCondition } from "@sightline/query/traceql/condition";
import { columnKey, SERVICE_NAME, type StoredField } from "@sightline/query/traceql/stored-field";
import { fill } from "../query/statement.ts";
import type { Bind } from "./bind.ts";
import { spanConditionSql } from "./span-conditions.ts";

const elementsTemplate = readFileSync(new URL("./sql/array-elements.sql", import.meta.url), "utf8");

/** The spans for which a condition holds, as SQL over otel_traces: what indexes know of it is said beside it. */
export function spansSql(condition: SpanCondition, bind: Bind): string {
  const hint = hintSql(condition, bind);
  const exact = spanConditionSql(condition, bind);
  return hint === null ? exact : `${exact} AND indexHint(${hint})`;
}

/** What holds wherever the condition does and an index can be asked; null where none knows anything. */
function hintSql(condition: SpanCondition, bind: Bind): string | null {
  switch (condition.type) {
    case "all": {
      const hints = condition.of.flatMap((of) => hintSql(of, bind) ?? []);
      return hints.length === 0 ? null : hints.join(" AND ");
    }
    case "any": {
      const hints = condition.of.map((of) => hintSql(of, bind));
      return hints.includes(null) ? null : `(${hints.map((hint) => `(${hint})`).join(" OR ")})`;
    }
    case "compare": {
      const { field, operator, value } = condition;
      if (operator !== "=" || value.type !== "string" || value.value === "") return null;
      const text = bind("String", value.value);
      const maps = mapsOf(field);
      // The value of the attribute, or an element of an array that is its value.
      const places = maps.flatMap((map) => [`mapValues(${map})`, fill(elementsTemplate, { map })]);
      return places.length === 0 ? null : `(${places.map((place) => `has(${place}, ${text})`).join(" OR ")})`;
    }
    default:
      return null;
  }
}

/** The maps in which an attribute may be whose values are indexed. */
function mapsOf(field: StoredField): readonly string[] {
  if (field.type !== "attribute" || columnKey(field) === columnKey(SERVICE_NAME)) return [];
  switch (field.scope) {
    case "span":
      return ["SpanAttributes"];
    case "resource":
      return ["ResourceAttributes"];
    case "none":
      return ["SpanAttributes", "ResourceAttributes"];
    default:
      return [];
  }
}
