import { readFileSync } from "node:fs";
import type { LabelMatcher } from "@sightline/query/logql/ast";
import type { Condition } from "@sightline/query/logql/plan/condition";
import type { LineSelection } from "@sightline/query/logql/plan/log-plan";
import {
  DETECTED_LEVEL,
  labelNameOf,
  SERVICE_NAME,
  SPAN_ID,
  TRACE_ID,
  UNKNOWN_SERVICE,
} from "@sightline/query/logql/record-labels";
import { fill } from "../query/statement.ts";
import type { GroupedLabel } from "./grouped-labels.ts";

const read = {
  selected: readFileSync(new URL("./sql/selected.sql", import.meta.url), "utf8"),
  labelName: readFileSync(new URL("./sql/label-name.sql", import.meta.url), "utf8"),
  attribute: readFileSync(new URL("./sql/attribute.sql", import.meta.url), "utf8"),
  knownAttribute: readFileSync(new URL("./sql/known-attribute.sql", import.meta.url), "utf8"),
  firstKnownAttribute: readFileSync(new URL("./sql/first-known-attribute.sql", import.meta.url), "utf8"),
  serviceName: readFileSync(new URL("./sql/service-name.sql", import.meta.url), "utf8").trim(),
  detectedLevel: readFileSync(new URL("./sql/detected-level.sql", import.meta.url), "utf8").trim(),
  levelNumber: readFileSync(new URL("./sql/level-number.sql", import.meta.url), "utf8").trim(),
  levelOfNumber: readFileSync(new URL("./sql/level-of-number.sql", import.meta.url), "utf8").trim(),
  words: readFileSync(new URL("./sql/words.sql", import.meta.url), "utf8"),
};

/** Labels that a record has of its columns where no attribute is called so. */
const FROM_COLUMNS: ReadonlyMap<string, string> = new Map([
  [DETECTED_LEVEL, read.detectedLevel],
  [TRACE_ID, "TraceId"],
  [SPAN_ID, "SpanId"],
]);

/** Labels that are made of a column, which is quicker to group by. */
const GROUPED: ReadonlyMap<string, GroupedLabel> = new Map([
  [
    read.serviceName,
    { group: "ServiceName", shown: (column) => `if(${column} = '', '${UNKNOWN_SERVICE}', toString(${column}))` },
  ],
  [read.detectedLevel, { group: read.levelNumber, shown: (column) => fill(read.levelOfNumber, { column }) }],
]);

/** A condition as SQL: what it says, and what may be looked at first since it holds wherever the condition does. */
interface Clause {
  readonly exact: string;
  readonly hint: string | null;
}

/** Puts one statement's conditions together. Everything that comes from a query is bound as a parameter. */
export interface SelectionSql {
  /** From PREWHERE to the end of WHERE. */
  readonly selected: string;
  /** A label of lines, "" where they have none. */
  label(name: string): GroupedLabel;
  /** A label of streams. */
  streamLabel(name: string): GroupedLabel;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Times that the database can compare: signed nanoseconds. */
const GREATEST_NS = 2n ** 63n - 1n;

/** A selection as it is asked for. */
export type AskedSelection = Pick<LineSelection, "matchers" | "fromNs" | "toNs" | "conditions">;

/** The keys that attributes have in a selection: those of resources, and those of the records themselves. */
export interface StoredKeys {
  readonly resource: readonly string[];
  readonly own: readonly string[];
}

/**
 * The conditions of a selection, and what its labels are.
 *
 * @param keys all keys that attributes have there; null where they are not known, which costs more for each record
 */
export function selectionSql(selection: AskedSelection, keys: StoredKeys | null = null): SelectionSql {
  const params: Record<string, unknown> = { start: clampNanos(selection.fromNs), end: clampNanos(selection.toNs) };
  const write = createWriter(params, keys);
  const clauses = clausesOf(selection, write);
  const exact = clauses.map((clause) => clause.exact);
  const conditions = exact.length === 0 ? "" : `WHERE ${exact.join("\n    AND ")}`;
  return {
    selected: fill(read.selected, { hints: hintsOf(clauses), conditions }),
    label: (name) => grouped(write.label(name)),
    streamLabel: (name) => grouped(write.streamLabel(name)),
    params,
  };
}

function grouped(text: string): GroupedLabel {
  return GROUPED.get(text) ?? { group: text, shown: (column) => column };
}

function clausesOf({ matchers, conditions }: AskedSelection, write: ReturnType<typeof createWriter>): Clause[] {
  return [...matchers.map(write.matcher), ...conditions.map(write.condition)];
}

function hintsOf(clauses: readonly Clause[]): string {
  return clauses.flatMap(({ hint }) => (hint === null ? [] : [`    AND ${hint}`])).join("\n");
}

/** A time that the database can compare. */
export function clampNanos(time: bigint): bigint {
  if (time < 0n) return 0n;
  return time > GREATEST_NS ? GREATEST_NS : time;
}

function createWriter(params: Record<string, unknown>, keys: StoredKeys | null) {
  let count = 0;
  /** Binds a value under a name of its own. */
  const bind = (kind: string, value: string | readonly string[]): string => {
    count += 1;
    params[`${kind}${count}`] = value;
    return String(count);
  };
  const attribute = (map: string, name: string, known: readonly string[] | undefined) => {
    if (known === undefined) return fill(read.attribute, { map, labelName: read.labelName, at: bind("name", name) });
    const candidates = known.filter((key) => labelNameOf(key) === name);
    const [only] = candidates;
    if (only === undefined) return "''";
    if (candidates.length === 1) return fill(read.knownAttribute, { map, at: bind("name", only) });
    const first = fill(read.firstKnownAttribute, { map, at: bind("keys", candidates) });
    if (!candidates.includes(name)) return first;
    const at = bind("name", name);
    return `if(has(${map}.keys, {name${at}:String}), ${fill(read.knownAttribute, { map, at })}, ${first})`;
  };
  const streamLabel = (name: string) =>
    name === SERVICE_NAME ? read.serviceName : attribute("ResourceAttributes", name, keys?.resource);
  const label = (name: string): string => {
    if (name === SERVICE_NAME) return read.serviceName;
    const own = attribute("LogAttributes", name, keys?.own);
    const column = FROM_COLUMNS.get(name);
    const metadata = column === undefined ? own : firstOf(own, column);
    return firstOf(streamLabel(name), metadata);
  };
  const compare = (value: string, matcher: LabelMatcher): string => compareSql(value, matcher, bind);
  const matcher = (wanted: LabelMatcher): Clause => {
    const { name, operator, value } = wanted;
    const exact = compare(streamLabel(name), wanted);
    if (operator !== "=" || value === "") return { exact, hint: null };
    if (name !== SERVICE_NAME) {
      return { exact, hint: `has(mapValues(ResourceAttributes), {value${bind("value", value)}:String})` };
    }
    // The column leads the sort key within each step.
    const hint = value === UNKNOWN_SERVICE ? "IN ('', 'unknown_service')" : `= {value${bind("value", value)}:String}`;
    return { exact, hint: `ServiceName ${hint}` };
  };
  const line = ({ isNegated, words }: { isNegated: boolean; words: readonly string[] }, test: string): Clause => {
    if (isNegated) return { exact: `NOT ${test}`, hint: null };
    // The body by itself comes before all other columns, which are read only where it leaves something.
    if (words.length === 0) return { exact: test, hint: test };
    return { exact: test, hint: `(${fill(read.words, { at: bind("words", words.join(" ")) })} AND ${test})` };
  };
  const labelCondition = (wanted: LabelMatcher): Clause => {
    const { name, operator, value } = wanted;
    if (name === SERVICE_NAME) return matcher(wanted);
    const exact = compare(label(name), wanted);
    if (operator !== "=" || value === "" || FROM_COLUMNS.has(name)) return { exact, hint: null };
    const bound = `{value${bind("value", value)}:String}`;
    // The bloom filter is only asked: to compare with it would mean to read the values.
    const hint = `indexHint(has(mapValues(ResourceAttributes), ${bound}) OR has(mapValues(LogAttributes), ${bound}))`;
    return { exact, hint };
  };
  const condition = (wanted: Condition): Clause => {
    switch (wanted.kind) {
      case "contains":
        return line(wanted, `position(Body, {text${bind("text", wanted.text)}:String}) > 0`);
      case "matches":
        return line(wanted, `match(Body, {pattern${bind("pattern", linePattern(wanted.pattern))}:String})`);
      case "label":
        return labelCondition(wanted.matcher);
      case "has_label":
        return { exact: `${label(wanted.name)} != ''`, hint: null };
      case "all":
        return allOf(wanted.of.map(condition));
      case "any":
        return anyOf(wanted.of.map(condition));
    }
  };
  return { matcher, condition, label, streamLabel };
}

function firstOf(value: string, otherwise: string): string {
  if (value === "''") return otherwise;
  if (otherwise === "''") return value;
  return `if(${value} != '', ${value}, ${otherwise})`;
}

function compareSql(value: string, matcher: LabelMatcher, bind: (kind: string, value: string) => string): string {
  const { operator } = matcher;
  if (operator === "=" || operator === "!=") {
    return `${value} ${operator} {value${bind("value", matcher.value)}:String}`;
  }
  // A dot is also a line's end, as in matchers of the engine.
  const test = `match(${value}, {pattern${bind("pattern", `(?s)^(?:${matcher.value})$`)}:String})`;
  return operator === "=~" ? test : `NOT ${test}`;
}

/** In ClickHouse a dot is also a line's end, in LogQL it is not. */
function linePattern(pattern: string): string {
  return pattern.includes(".") ? `(?-s)${pattern}` : pattern;
}

function allOf(clauses: readonly Clause[]): Clause {
  const hints = clauses.flatMap(({ hint }) => (hint === null ? [] : [hint]));
  return { exact: joined(clauses, "AND"), hint: hints.length === 0 ? null : `(${hints.join(" AND ")})` };
}

function anyOf(clauses: readonly Clause[]): Clause {
  const hints = clauses.flatMap(({ hint }) => (hint === null ? [] : [hint]));
  const isHinted = hints.length === clauses.length && hints.length > 0;
  return { exact: joined(clauses, "OR"), hint: isHinted ? `(${hints.join(" OR ")})` : null };
}

function joined(clauses: readonly Clause[], operator: "AND" | "OR"): string {
  return `(${clauses.map(({ exact }) => exact).join(` ${operator} `)})`;
}
