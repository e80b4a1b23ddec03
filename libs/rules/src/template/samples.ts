// After sample and queryResult of Prometheus' template/template.go (3.16, Apache-2.0).
import type { Typed } from "@sightline/gotemplate/func";
import {
  compareTexts,
  dict,
  type List,
  type ListType,
  list,
  type Named,
  type Struct,
  type StructType,
  stringDictType,
  struct,
  type TypeOf,
  type Value,
} from "@sightline/gotemplate/value";
import { formatHistogram } from "@sightline/query/promql/histogram/format";
import type { Histogram } from "@sightline/query/promql/histogram/histogram";
import type { Vector, VectorElement } from "../evaluate/queries.ts";
import type { Labels } from "../labels.ts";

const sampleType: StructType = { name: "*template.sample" };
const resultType: ListType = { name: "template.queryResult", element: sampleType.name };

/** A histogram, which templates can only print. */
const histogramType: TypeOf<Named> = { name: "*histogram.FloatHistogram", print: ({ base }) => String(base) };

/** The value of a series: a number, or a histogram that is shown as Prometheus shows it. */
export function seriesValue(value: number | Histogram): Value {
  return typeof value === "number" ? value : { kind: "named", type: histogramType, base: formatHistogram(value) };
}

/** Labels as a map of Go. */
export function labelMap(labels: Labels): Value {
  return dict(Object.entries(labels), stringDictType);
}

function sampleOf({ labels, value }: VectorElement): Struct {
  return struct(sampleType, { Labels: labelMap(labels), Value: seriesValue(value) });
}

/** What `query` gives. */
export function queryResult(vector: Vector): List {
  return list(vector.map(sampleOf), resultType);
}

function readSample(value: Value): Struct | undefined {
  return typeof value === "object" && value?.kind === "struct" && value.type === sampleType ? value : undefined;
}

function readResult(value: Value): List | undefined {
  if (value === null) return list([], resultType);
  return typeof value === "object" && value.kind === "list" && value.type === resultType ? value : undefined;
}

/** A parameter that is one series of a result. */
export const sample: Typed<Struct> = {
  ...{ type: sampleType.name, constant: "none", takesNil: false },
  accepts: (value) => readSample(value) !== undefined,
  read: readSample,
};

/** A parameter that is a result of `query`. */
export const result: Typed<List> = {
  ...{ type: resultType.name, constant: "none", takesNil: true },
  accepts: (value) => readResult(value) !== undefined,
  read: readResult,
};

/** A label of a series; empty where it has none of that name. */
export function labelOf({ fields }: Struct, name: string): string {
  const labels = fields["Labels"];
  const value = typeof labels === "object" && labels?.kind === "dict" ? labels.entries.get(name) : undefined;
  return typeof value === "string" ? value : "";
}

/** A result in the order of a label. */
export function sortedByLabel({ items, type }: List, name: string): List {
  const key = (item: Value) => {
    const read = readSample(item);
    return read === undefined ? "" : labelOf(read, name);
  };
  return list(
    [...items].sort((a, b) => compareTexts(key(a), key(b))),
    type,
  );
}
