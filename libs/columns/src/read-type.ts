import { AppError } from "@sightline/errors/app-error";

/** What holds the numbers of a column, one for each row. */
export type Numbers =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** How a column lies in a block; ClickHouse's types by what they are made of. */
export type ReadType =
  | { readonly kind: "numbers"; readonly width: number; view(bytes: ArrayBuffer): Numbers }
  | { readonly kind: "texts" }
  | { readonly kind: "array"; readonly items: ReadType }
  | { readonly kind: "map"; readonly keys: ReadType; readonly values: ReadType }
  | { readonly kind: "low-cardinality"; readonly items: ReadType }
  | { readonly kind: "nullable"; readonly items: ReadType };

const NUMBERS: Readonly<Record<string, ReadType>> = {
  UInt8: { kind: "numbers", width: 1, view: (bytes) => new Uint8Array(bytes) },
  UInt16: { kind: "numbers", width: 2, view: (bytes) => new Uint16Array(bytes) },
  UInt32: { kind: "numbers", width: 4, view: (bytes) => new Uint32Array(bytes) },
  UInt64: { kind: "numbers", width: 8, view: (bytes) => new BigUint64Array(bytes) },
  Int8: { kind: "numbers", width: 1, view: (bytes) => new Int8Array(bytes) },
  Int16: { kind: "numbers", width: 2, view: (bytes) => new Int16Array(bytes) },
  Int32: { kind: "numbers", width: 4, view: (bytes) => new Int32Array(bytes) },
  Int64: { kind: "numbers", width: 8, view: (bytes) => new BigInt64Array(bytes) },
  Float32: { kind: "numbers", width: 4, view: (bytes) => new Float32Array(bytes) },
  Float64: { kind: "numbers", width: 8, view: (bytes) => new Float64Array(bytes) },
};

/** Types that lie in a block as another does. */
const SAME_AS: Readonly<Record<string, string>> = {
  Bool: "UInt8",
  Date: "UInt16",
  DateTime: "UInt32",
  DateTime64: "Int64",
};

/** Reads the name of a type: `Map(LowCardinality(String), String)`. Throws AppError `internal` for one that we never ask for. */
export function readType(name: string): ReadType {
  const [, outer = "", inner = ""] = /^(\w+)(?:\((.*)\))?$/s.exec(name) ?? [];
  const plain = NUMBERS[SAME_AS[outer] ?? outer];
  if (plain !== undefined) return plain;
  switch (outer) {
    case "String":
      return { kind: "texts" };
    case "Array":
      return { kind: "array", items: readType(inner) };
    case "LowCardinality":
      return { kind: "low-cardinality", items: readType(inner) };
    case "Nullable":
      return { kind: "nullable", items: readType(inner) };
    case "Map": {
      const [keys = "", values = ""] = splitArguments(inner);
      return { kind: "map", keys: readType(keys), values: readType(values) };
    }
    case "SimpleAggregateFunction":
      return readType(splitArguments(inner).slice(1).join(", "));
    default:
      throw new AppError("internal", `cannot read a column of type ${name}`);
  }
}

/** The arguments of a type, split at the commas that are not within those of another one. */
function splitArguments(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (character === "," && depth === 0) {
      found.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return [...found, text.slice(start).trim()];
}
