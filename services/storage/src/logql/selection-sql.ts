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
  manyStreams: readFileSync(new URL("./sql/many-streams.sql", import.meta.url), "utf8").trim(),
  streamsFor: readFileSync(new URL("./sql/streams-for.sql", import.meta.url), "utf8"),
  streamLabels: readFileSync(new URL("./sql/stream-labels.sql", import.meta.url), "utf8"),
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
    {
      group: "ServiceName",
      isNumber: false,
      shown: (column) => `if(${column} = '', '${UNKNOWN_SERVICE}', toString(${column}))`,
    },
  ],
  [
    read.detectedLevel,
    { group: read.levelNumber, isNumber: true, shown: (column) => fill(read.levelOfNumber, { column }) },
  ],
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
  /** How many streams there are on the days of it. */
  readonly streams: number;
}

/** The statement gets the value of each: 2 microseconds a stream. */
const MAX_NUMBERED_STREAMS = 50_000;

/**
 * Of more streams all would be read for a few minutes of records: each of those is asked what its resource says. Bound as
 * `maxDecidedStreams`.
 */
const MAX_DECIDED_STREAMS = 50_000;

/**
 * The conditions of a selection, and what its labels are.
 *
 * @param keys all keys that attributes have there; null where they are not known, which costs more for each record
 */
export function selectionSql(selection: AskedSelection, keys: StoredKeys | null = null): SelectionSql {
  const params: Record<string, unknown> = { start: clampNanos(selection.fromNs), end: clampNanos(selection.toNs) };
  const write = createWriter(params, keys);
  const clauses = selection.conditions.map(write.condition);
  const hints = [...write.streams(selection.matchers), ...clauses.flatMap(({ hint }) => (hint === null ? [] : [hint]))];
  const exact = clauses.map((clause) => clause.exact);
  return {
    selected: fill(read.selected, {
      hints: hints.map((hint) => `    AND ${hint}`).join("\n"),
      conditions: exact.length === 0 ? "" : `WHERE ${exact.join("\n    AND ")}`,
    }),
    label: write.groupedLabel,
    streamLabel: write.groupedStreamLabel,
    params,
  };
}

function grouped(text: string): GroupedLabel {
  return GROUPED.get(text) ?? { group: text, isNumber: false, shown: (column) => column };
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
  /** A label that only streams have: each of them has the number of its value, by which is quicker to group than by a text. */
  const numbered = (name: string): GroupedLabel => {
    count += 1;
    const of = `values${count}`;
    const value = attribute("ResourceAttributes", name, undefined);
    return {
      group: `transform(StreamId, ${of}.1, ${of}.2, toUInt32(0))`,
      isNumber: true,
      shown: (column) => `arrayElement(${of}.3, ${column})`,
      with: fill(read.streamLabels, { name: of, value }),
    };
  };
  const groupedStreamLabel = (name: string): GroupedLabel => {
    const isNumbered = keys !== null && keys.streams <= MAX_NUMBERED_STREAMS && name !== SERVICE_NAME;
    return isNumbered ? numbered(name) : grouped(streamLabel(name));
  };
  const groupedLabel = (name: string): GroupedLabel => {
    const isOfStreams = attribute("LogAttributes", name, keys?.own) === "''" && !FROM_COLUMNS.has(name);
    return isOfStreams ? groupedStreamLabel(name) : grouped(label(name));
  };
  const compare = (value: string, matcher: LabelMatcher): string => compareSql(value, matcher, bind);
  const service = (wanted: LabelMatcher): string => {
    const { operator, value } = wanted;
    if (operator !== "=" || value === "") return compare(read.serviceName, wanted);
    // The column itself leads the sort key within each step.
    if (value === UNKNOWN_SERVICE) return "ServiceName IN ('', 'unknown_service')";
    return `ServiceName = {value${bind("value", value)}:String}`;
  };
  /** Which streams it are is known of these alone; and where in the table they are of the sort key and an index. */
  const streams = (matchers: readonly LabelMatcher[]): string[] => {
    const attributes = matchers.filter(({ name }) => name !== SERVICE_NAME);
    const services = matchers.filter(({ name }) => name === SERVICE_NAME).map(service);
    if (attributes.length === 0) return services;
    const each = attributes.map((wanted) => compare(attribute("ResourceAttributes", wanted.name, undefined), wanted));
    const indexed = attributes
      .filter(({ operator, value }) => operator === "=" && value !== "")
      .map(({ value }) => `has(mapValues(ResourceAttributes), {value${bind("value", value)}:String})`);
    params["maxDecidedStreams"] = MAX_DECIDED_STREAMS;
    const streamsFor = fill(read.streamsFor, { matchers: each.join("\n        AND "), areMany: read.manyStreams });
    return [...services, streamsFor, ...indexed];
  };
  const line = ({ isNegated, words }: { isNegated: boolean; words: readonly string[] }, test: string): Clause => {
    if (isNegated) return { exact: `NOT ${test}`, hint: null };
    // The body by itself comes before all other columns, which are read only where it leaves something.
    if (words.length === 0) return { exact: test, hint: test };
    return { exact: test, hint: `(${fill(read.words, { at: bind("words", words.join(" ")) })} AND ${test})` };
  };
  const labelCondition = (wanted: LabelMatcher): Clause => {
    const { name, operator, value } = wanted;
    if (name === SERVICE_NAME) {
      const exact = service(wanted);
      return { exact, hint: exact };
    }
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
  return { streams, condition, groupedLabel, groupedStreamLabel };
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
