import { readFileSync } from "node:fs";
import type { Condition } from "@sightline/query/logql/plan/condition";
import { SERVICE_NAME } from "@sightline/query/logql/record-labels";
import { z } from "zod";
import type { ReadContext, Reader } from "../query/reader.ts";
import { fill } from "../query/statement.ts";
import { type AskedSelection, candidateSql, type StoredKeys } from "./selection-sql.ts";

const keysSql = readFileSync(new URL("./sql/map-keys.sql", import.meta.url), "utf8");
const keyRow = z.object({ name: z.string() });

/** With more keys than that it is not worth to know them all. */
const MAX_KEYS = 20_000;
const NONE: StoredKeys = { resource: [], own: [] };

/** Who asks, and for which labels beside those of the selection. */
export interface KeysQuestion {
  readonly reader: Reader;
  readonly context: ReadContext;
  /** Of streams only. */
  readonly streamLabels: readonly string[];
  /** Of streams or their lines. */
  readonly labels: readonly string[];
}

/**
 * The keys that attributes have in what may be selected. Statements that know them need not work out for each record which of its keys is
 * the label: that cost 1.3 of 1.5 microseconds, while the keys alone are read in 0.05. Null where there are too many.
 */
export async function findKeys(
  selection: AskedSelection,
  { reader, context, streamLabels, labels }: KeysQuestion,
): Promise<StoredKeys | null> {
  const ofLines = [...labels, ...selection.conditions.flatMap(labelsOf)].filter(isAttribute);
  const ofStreams = [...streamLabels, ...selection.matchers.map(({ name }) => name)].filter(isAttribute);
  if (ofLines.length === 0 && ofStreams.length === 0) return NONE;
  const { selected, params } = candidateSql(selection);
  const read = async (map: string) => {
    const sql = fill(keysSql, { map, selected });
    return await reader.read({ sql, row: keyRow }, { ...params, limit: MAX_KEYS + 1 }, context);
  };
  const resource = await read("ResourceAttributes");
  const own = ofLines.length === 0 ? [] : await read("LogAttributes");
  if (resource.length > MAX_KEYS || own.length > MAX_KEYS) return null;
  return { resource: resource.map(({ name }) => name), own: own.map(({ name }) => name) };
}

function isAttribute(label: string): boolean {
  return label !== SERVICE_NAME;
}

function labelsOf(condition: Condition): string[] {
  switch (condition.kind) {
    case "label":
      return [condition.matcher.name];
    case "has_label":
      return [condition.name];
    case "all":
    case "any":
      return condition.of.flatMap(labelsOf);
    default:
      return [];
  }
}
