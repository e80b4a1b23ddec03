import { invalid } from "@sightline/errors/app-error";
import { textOfBytes } from "@sightline/gotext/quote";
import { baseOf, typeName, type Value } from "../value.ts";

/** `len`. */
export function lengthOf(value: Value): bigint {
  const base = baseOf(value);
  if (typeof base === "string") return BigInt(Buffer.byteLength(base));
  if (base === null) throw invalid("reflect: call of reflect.Value.Type on zero Value");
  if (typeof base === "object" && base.kind === "list") return BigInt(base.items.length);
  if (typeof base === "object" && base.kind === "dict") return BigInt(base.entries.size);
  throw invalid(`len of type ${typeName(value)}`);
}

/** `index`: `index x 1 2` is `x[1][2]`. */
export function indexOf(item: Value, indexes: readonly Value[]): Value {
  if (item === null) throw invalid("index of untyped nil");
  let found: Value = item;
  for (const index of indexes) found = indexOnce(found, index);
  return found;
}

function indexOnce(item: Value, index: Value): Value {
  const base = baseOf(item);
  if (base === null) throw invalid("index of nil pointer");
  if (typeof base === "string") {
    const bytes = Buffer.from(base);
    return BigInt(bytes[checkIndex(index, bytes.length)] ?? outOfReach("string"));
  }
  if (typeof base === "object" && base.kind === "list") {
    const at = checkIndex(index, base.items.length);
    return at < base.items.length ? (base.items[at] ?? null) : outOfReach("slice");
  }
  if (typeof base === "object" && base.kind === "dict") {
    if (index === null) throw invalid("value is nil; should be of type string");
    if (typeof index !== "string") throw invalid(`value has type ${typeName(index)}; should be string`);
    return base.entries.get(index) ?? base.type.zero;
  }
  throw invalid(`can't index item of type ${typeName(item)}`);
}

/** What Go says of the index that is one too large, which only the access itself finds. */
function outOfReach(what: string): never {
  throw invalid(`reflect: ${what} index out of range`);
}

function checkIndex(index: Value, max: number): number {
  const base = baseOf(index);
  if (base === null) throw invalid("cannot index slice/array with nil");
  if (typeof base !== "bigint") throw invalid(`cannot index slice/array with type ${typeName(index)}`);
  if (base < 0n || base > BigInt(max)) throw invalid(`index out of range: ${base}`);
  return Number(base);
}

/** `slice`: `slice x 1 2` is `x[1:2]`. A text that is cut within a character keeps the bytes of its parts. */
export function sliceOf(item: Value, indexes: readonly Value[]): Value {
  const base = baseOf(item);
  if (base === null) throw invalid("slice of untyped nil");
  if (indexes.length > 3) throw invalid(`too many slice indexes: ${indexes.length}`);
  if (typeof base === "string") {
    if (indexes.length === 3) throw invalid("cannot 3-index slice a string");
    const bytes = Buffer.from(base);
    const { from, to } = checkSlice(indexes, bytes.length);
    return textOfBytes(bytes.subarray(from, to));
  }
  if (typeof base !== "object" || base.kind !== "list") throw invalid(`can't slice item of type ${typeName(item)}`);
  const { from, to } = checkSlice(indexes, base.items.length);
  return { ...base, items: base.items.slice(from, to) };
}

function checkSlice(indexes: readonly Value[], length: number): { readonly from: number; readonly to: number } {
  const [from = 0, to = length, capacity = length] = indexes.map((index) => checkIndex(index, length));
  if (from > to) throw invalid(`invalid slice index: ${from} > ${to}`);
  if (to > capacity) throw invalid(`invalid slice index: ${to} > ${capacity}`);
  return { from, to };
}
