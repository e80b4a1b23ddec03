import { readFileSync } from "node:fs";
import type { Condition } from "@sightline/query/logql/plan/condition";
import { SERVICE_NAME } from "@sightline/query/logql/record-labels";
import { z } from "zod";
import type { ReadContext, Reader } from "../query/reader.ts";
import { type AskedSelection, clampNanos, type StoredKeys } from "./selection-sql.ts";

const keysSql = readFileSync(new URL("./sql/attribute-keys.sql", import.meta.url), "utf8");
const keysRow = z.object({ resource: z.array(z.string()), own: z.array(z.string()), streams: z.number() });

/** So many of a day are kept, and one more to tell that there are others. */
const MAX_KEYS = 10_000;
const NONE: StoredKeys = { resource: [], own: [], streams: 0 };

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
 * The keys that attributes have on the days of a selection. Statements that know them need not work out for each record which of its keys is
 * the label: that cost 1.5 microseconds. Null where there are too many.
 */
export async function findKeys(
  selection: AskedSelection,
  { reader, context, streamLabels, labels }: KeysQuestion,
): Promise<StoredKeys | null> {
  const asked = [...streamLabels, ...labels];
  if (![...asked, ...selection.conditions.flatMap(labelsOf)].some(isAttribute)) return NONE;
  const days = { start: clampNanos(selection.fromNs), end: clampNanos(selection.toNs) };
  const [keys = NONE] = await reader.read({ sql: keysSql, row: keysRow }, days, context);
  return keys.resource.length > MAX_KEYS || keys.own.length > MAX_KEYS ? null : keys;
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
