import {
  begin,
  end,
  type WireWriter,
  writeDoubleField,
  writeStringField,
  writeVarint64Field,
  writeVarintField,
} from "@sightline/otlp/wire-writer";

/** The fields of opentelemetry.proto.common.v1.AnyValue and KeyValue. */
const STRING_VALUE = 1;
const BOOL_VALUE = 2;
const INT_VALUE = 3;
const DOUBLE_VALUE = 4;
const ARRAY_VALUE = 5;
const KVLIST_VALUE = 6;
const VALUES = 1;
const KEY = 1;
const VALUE = 2;

/** Writes a KeyValue in a field; see `writeValue`. */
export function writeAttribute(writer: WireWriter, field: number, key: string, value: unknown): void {
  const lengthAt = begin(writer, field);
  writeStringField(writer, KEY, key);
  writeValue(writer, VALUE, value);
  end(writer, lengthAt);
}

/**
 * Writes what JSON can hold as an AnyValue in a field; null and what JSON has not is an AnyValue without a value. How deep
 * it is nested is bounded by whoever read it.
 */
export function writeValue(writer: WireWriter, field: number, value: unknown): void {
  const lengthAt = begin(writer, field);
  if (typeof value === "string") writeStringField(writer, STRING_VALUE, value);
  else if (typeof value === "number") writeNumber(writer, value);
  else if (typeof value === "bigint") writeVarint64Field(writer, INT_VALUE, value);
  else if (typeof value === "boolean") writeVarintField(writer, BOOL_VALUE, value ? 1 : 0);
  else if (Array.isArray(value)) writeItems(writer, value);
  else if (typeof value === "object" && value !== null) writeEntries(writer, value);
  end(writer, lengthAt);
}

function writeNumber(writer: WireWriter, value: number): void {
  if (!Number.isSafeInteger(value)) writeDoubleField(writer, DOUBLE_VALUE, value);
  else if (value >= 0) writeVarintField(writer, INT_VALUE, value);
  else writeVarint64Field(writer, INT_VALUE, BigInt(value));
}

function writeItems(writer: WireWriter, items: readonly unknown[]): void {
  const lengthAt = begin(writer, ARRAY_VALUE);
  for (const item of items) writeValue(writer, VALUES, item);
  end(writer, lengthAt);
}

function writeEntries(writer: WireWriter, entries: object): void {
  const lengthAt = begin(writer, KVLIST_VALUE);
  for (const [key, value] of Object.entries(entries)) writeAttribute(writer, VALUES, key, value);
  end(writer, lengthAt);
}
