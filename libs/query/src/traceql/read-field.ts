import type { FieldName } from "./ast.ts";
import { type Intrinsic, KINDS, STATUSES } from "./intrinsic.ts";
import {
  type DerivedIntrinsic,
  isDerived,
  PARENT_ID,
  SERVICE_NAME,
  SPAN_NAME,
  type StoredField,
  storedFieldOf,
} from "./stored-field.ts";
import type { Cell, Layout, Trace } from "./trace.ts";
import type { Keyword, Value } from "./value.ts";

/** Gives a value of the span with that number. */
export type FieldReader = (trace: Trace, span: number) => Value;

/** Reads a field out of columns that are laid out so. */
export function readerOf(field: FieldName, layout: Layout): FieldReader {
  if (field.type === "attribute" && field.ofParent) {
    const read = readerOf({ ...field, ofParent: false }, layout);
    return (trace, span) => {
      const parent = trace.tree().parent[span] ?? -1;
      return parent < 0 ? null : read(trace, parent);
    };
  }
  if (field.type === "intrinsic" && isDerived(field.intrinsic)) return derivedReader(field.intrinsic, layout);
  const stored = storedFieldOf(field);
  return stored === null ? () => null : storedReader(stored, layout);
}

/** Reads a column. */
export function storedReader(field: StoredField, layout: Layout): FieldReader {
  const column = layout.columnOf(field);
  const toValue = cellReader(field);
  return (trace, span) => toValue(trace.columns[column]?.[span] ?? null);
}

/** What a field's cell is as a value. */
export function cellReader(field: StoredField): (cell: Cell) => Value {
  return field.type === "intrinsic" ? (intrinsicCells[field.intrinsic] ?? textOf) : textOf;
}

function textOf(cell: Cell): Value {
  if (typeof cell === "string") return cell;
  if (!Array.isArray(cell) || cell.length === 0) return null;
  return cell.map(String);
}

function durationOf(cell: Cell): Value {
  return typeof cell === "number" || typeof cell === "bigint" ? { type: "duration", value: cell } : null;
}

const keywords: ReadonlyMap<Cell, Keyword> = new Map<Cell, Keyword>([
  ...STATUSES.map((value) => [value, { type: "status", value }] as const),
  ...KINDS.map((value) => [value, { type: "kind", value }] as const),
]);

const intrinsicCells: Readonly<Partial<Record<Intrinsic, (cell: Cell) => Value>>> = {
  duration: durationOf,
  status: (cell) => keywords.get(cell) ?? null,
  kind: (cell) => keywords.get(cell) ?? null,
  "event:timeSinceStart": (cell) => {
    if (!Array.isArray(cell) || cell.length === 0) return null;
    return cell.flatMap((nanos) => (typeof nanos === "number" ? [{ type: "duration", value: nanos } as const] : []));
  },
};

function derivedReader(intrinsic: DerivedIntrinsic, layout: Layout): FieldReader {
  switch (intrinsic) {
    case "parent": {
      const column = layout.columnOf(PARENT_ID);
      return (trace, span) => textOf(trace.columns[column]?.[span] || null);
    }
    case "rootName":
      return rootReader(SPAN_NAME, layout);
    case "rootServiceName":
      return rootReader(SERVICE_NAME, layout);
    case "traceDuration":
      return (trace) => ({ type: "duration", value: trace.durationNanos() });
    case "nestedSetLeft":
      return (trace, span) => intOf(trace.tree().left[span]);
    case "nestedSetRight":
      return (trace, span) => intOf(trace.tree().right[span]);
    case "nestedSetParent":
      return (trace, span) => intOf(trace.tree().nestedSetParent[span]);
    case "span:childCount":
      return (trace, span) => intOf(trace.tree().childCount[span]);
  }
}

function intOf(value: number | undefined): Value {
  return { type: "int", value: value ?? 0 };
}

/** A field of the trace's root; "" when the root is not there. */
function rootReader(field: StoredField, layout: Layout): FieldReader {
  const read = storedReader(field, layout);
  return (trace) => {
    const root = trace.rootSpan();
    return root < 0 ? "" : (read(trace, root) ?? "");
  };
}
