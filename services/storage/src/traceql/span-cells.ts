import type { StoredField } from "@sightline/query/traceql/stored-field";
import type { Cell } from "@sightline/query/traceql/trace";
import { z } from "zod";
import type { Bind } from "./bind.ts";
import { spanColumn } from "./span-columns.ts";

/** How a field is asked for, and how what comes is read. */
export interface SpanCell {
  readonly sql: string;
  readonly read: z.ZodType<Cell>;
}

const text = z.string().nullable();
const nanos = z.string().transform(Number);

/** A field as a column of what is read; see Cell. */
export function spanCell(field: StoredField, bind: Bind): SpanCell {
  const { type, value, there } = spanColumn(field, bind);
  if (field.type === "start") return { sql: value, read: z.string().transform(BigInt) };
  switch (type) {
    case "text":
    case "attribute":
      return { sql: there === null ? `toString(${value})` : `if(${there}, toString(${value}), NULL)`, read: text };
    case "number":
      return { sql: value, read: nanos };
    case "status":
    case "kind":
      return { sql: `lower(${value})`, read: text };
    case "texts":
      return { sql: `arrayMap(element -> toString(element), ${value})`, read: z.array(z.string()) };
    case "numbers":
      return { sql: value, read: z.array(nanos) };
  }
}

/** A column of a row, which its schema has read already. */
export function cellOf(value: unknown): Cell {
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint") return value;
  if (!Array.isArray(value)) return null;
  const items: readonly unknown[] = value;
  if (items.every((item) => typeof item === "number")) return items;
  return items.map(String);
}
