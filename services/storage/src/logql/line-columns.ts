import type { ReadBlock, ReadColumn } from "@sightline/columns/read-blocks";
import { AppError } from "@sightline/errors/app-error";
import { metadataOf, type Pairs, type RecordFacts, streamOf } from "@sightline/query/logql/record-labels";
import type { Labels } from "@sightline/query/logql/stages/line";
import { texts } from "../query/block-columns.ts";

/** Answers the texts of a row's array. */
function textArrays(block: ReadBlock, name: string): (row: number) => readonly string[] {
  const column: ReadColumn = block.column(name);
  if (column.kind !== "array" || column.items.kind !== "texts") {
    throw new AppError("internal", `cannot read the column ${name}: it has another type than its statement says`);
  }
  const { ends } = column;
  const { values } = column.items;
  return (row) => values.slice(Number(ends[row - 1] ?? 0n), Number(ends[row] ?? 0n));
}

function pairsOf(block: ReadBlock, keyName: string, valueName: string): (row: number) => Pairs {
  const keys = textArrays(block, keyName);
  const values = textArrays(block, valueName);
  return (row) => ({ keys: keys(row), values: values(row) });
}

/** Streams of the rows of a block, the same object for the same stream. */
export function streamReader(block: ReadBlock): (row: number) => Labels {
  const names = texts(block, "serviceName");
  const resource = pairsOf(block, "resourceKeys", "resourceValues");
  const known = new Map<string, Labels>();
  return (row) => {
    const pairs = resource(row);
    const name = names[row] ?? "";
    const key = `${name}\0${pairs.keys.join("\0")}\0${pairs.values.join("\0")}`;
    const stream = known.get(key) ?? streamOf(name, pairs);
    known.set(key, stream);
    return stream;
  };
}

/** The structured metadata of the rows of a block. */
export function metadataReader(block: ReadBlock, factsOf: (row: number) => RecordFacts): (row: number) => Labels {
  const attributes = pairsOf(block, "attributeKeys", "attributeValues");
  return (row) => metadataOf(attributes(row), factsOf(row));
}

/** Labels of the rows of a block by their names, of which the statement answered the values in this order; those without a value are left out. */
export function namedReader(block: ReadBlock, names: readonly string[]): (row: number) => Labels {
  const valuesOf = textArrays(block, "labelValues");
  return (row) => {
    const values = valuesOf(row);
    const labels = new Map<string, string>();
    for (const [at, name] of names.entries()) {
      const value = values[at] ?? "";
      if (value !== "") labels.set(name, value);
    }
    return labels;
  };
}
