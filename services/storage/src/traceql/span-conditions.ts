import type { Static } from "@sightline/query/traceql/ast";
import type { SpanCondition } from "@sightline/query/traceql/condition";
import type { StoredField } from "@sightline/query/traceql/stored-field";
import type { Bind } from "./bind.ts";
import { type SpanColumn, spanColumn } from "./span-columns.ts";

type Compare = Extract<SpanCondition, { type: "compare" }>;
type Operator = Compare["operator"];

/** Makes a test of a value out of the SQL that gives it; the test is never NULL. */
type Test = (value: string) => string;

/**
 * A condition on spans as SQL over otel_traces: what `testOf` of @sightline/query says of a span, this says of its row. All
 * that a user wrote is bound as a parameter.
 */
export function spanConditionSql(condition: SpanCondition, bind: Bind): string {
  switch (condition.type) {
    case "always":
      return "1";
    case "never":
      return "0";
    case "root":
      return "ParentSpanId = ''";
    case "all":
    case "any": {
      const joined = cheapestFirst(condition.of).map((of) => spanConditionSql(of, bind));
      return `(${joined.join(condition.type === "all" ? " AND " : " OR ")})`;
    }
    case "not":
      return `NOT (${spanConditionSql(condition.of, bind)})`;
    case "exists":
      return spanColumn(condition.field, bind).there ?? "1";
    case "compare":
      return compareSql(condition, bind);
    case "cidr":
      return cidrSql(condition, bind);
  }
}

/** What decides without looking into maps comes first: the rest is looked at only where that leaves it open. */
function cheapestFirst(conditions: readonly SpanCondition[]): readonly SpanCondition[] {
  return conditions.toSorted((one, other) => costOf(one) - costOf(other));
}

/** Roughly, in reads of a column; a number that stands in a text is read out of it first. */
function costOf(condition: SpanCondition): number {
  switch (condition.type) {
    case "always":
    case "never":
    case "root":
      return 0;
    case "all":
    case "any":
      return Math.max(...condition.of.map(costOf));
    case "not":
      return costOf(condition.of);
    case "exists":
      return costOfField(condition.field);
    case "compare":
      return (
        costOfField(condition.field) + (condition.value.type === "string" ? 0 : 1) + (isPattern(condition) ? 2 : 0)
      );
    case "cidr":
      return costOfField(condition.field) + 4;
  }
}

function costOfField(field: StoredField): number {
  if (field.type !== "attribute") return 1;
  return field.scope === "span" || field.scope === "resource" ? 4 : 8;
}

function isPattern({ operator }: Compare): boolean {
  return operator === "=~" || operator === "!~";
}

function compareSql(condition: Compare, bind: Bind): string {
  const { field, operator, value } = condition;
  const column = spanColumn(field, bind);
  const wanted = { operator, isText: value.type === "string" };
  const test = testSql(column, wanted, scalarTest(column, operator, value, bind));
  return column.type === "attribute" && !mayHoldOfNothing(condition) ? test : where(column, test);
}

/** Whether it holds of the empty text, which is what maps give for keys that are not there: only then are they asked for the key. */
function mayHoldOfNothing(condition: Compare): boolean {
  const { operator, value } = condition;
  if (value.type !== "string") return false;
  return isPattern(condition) || !(operator === ">" || (operator === "=" && value.value !== ""));
}

function where({ there }: SpanColumn, test: string): string {
  return there === null ? test : `(${there} AND ${test})`;
}

interface Wanted {
  readonly operator: Operator;
  /** Whether it is compared with a text, which an array that is kept as one is too. */
  readonly isText: boolean;
}

/** Of an array one element has to pass, for `!=` and `!~` all. */
function testSql({ type, value }: SpanColumn, { operator, isText }: Wanted, test: Test): string {
  const isNegative = operator === "!=" || operator === "!~";
  const every = isNegative ? "arrayAll" : "arrayExists";
  if (type === "texts" || type === "numbers") return `${every}(element -> ${test("element")}, ${value})`;
  if (type !== "attribute") return test(value);
  const elements = `${every}(element -> ${test("element")}, ${elementsSql(value)})`;
  // As `if` it is one thing to what chooses indexes, which of more than 32 does not see that one of two must hold (26.7): a
  // rare attribute in a day of spans cost ten times as much. Of a text that is an array no number and no truth can be told.
  if (isText && isNegative) return `if(${test(value)}, NOT ${isArraySql(value)} OR ${elements}, 0)`;
  return `if(${test(value)}, 1, ${isArraySql(value)} AND ${elements})`;
}

function isArraySql(value: string): string {
  return `(startsWith(${value}, '[') AND isValidJSON(${value}))`;
}

function elementsSql(value: string): string {
  const element = "if(JSONType(raw) = 'String', JSONExtractString(raw), raw)";
  return `arrayMap(raw -> ${element}, JSONExtractArrayRaw(${value}))`;
}

function scalarTest(column: SpanColumn, operator: Operator, value: Static, bind: Bind): Test {
  switch (column.type) {
    case "status":
    case "kind":
      return keywordTest(column.type, operator, value, bind);
    case "number":
    case "numbers":
      return numberTest(operator, value, bind);
    default:
      return textTest(operator, value, bind);
  }
}

function textTest(operator: Operator, value: Static, bind: Bind): Test {
  switch (value.type) {
    case "string": {
      if (operator !== "=~" && operator !== "!~") {
        const wanted = bind("String", value.value);
        return (text) => `${text} ${operator} ${wanted}`;
      }
      const pattern = bind("String", `^(?s:${value.value})$`);
      return (text) => `${operator === "=~" ? "" : "NOT "}match(${text}, ${pattern})`;
    }
    case "boolean": {
      if (operator !== "=" && operator !== "!=") return () => "0";
      return (text) => `${text} = '${(operator === "=") === value.value}'`;
    }
    case "int":
    case "duration":
    case "float": {
      const test = numberTest(operator, value, bind);
      return (text) => {
        const whole = `toInt64OrNull(${text})`;
        // What is no whole number is looked at more closely, and only that.
        return `if(isNotNull(${whole}), ${test(`assumeNotNull(${whole})`)}, ifNull(${test(numberSql(text))}, 0))`;
      };
    }
    default:
      return () => "0";
  }
}

/** What JSON takes for a number, or one that it has no words for. */
const NUMBER = "^(-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?|NaN|-?Infinity)$";

/** The number that a text says, NULL when it says none. */
export function numberSql(text: string): string {
  return `toFloat64OrNull(if(match(${text}, '${NUMBER}'), ${text}, ''))`;
}

function numberTest(operator: Operator, value: Static, bind: Bind): Test {
  if (operator === "=~" || operator === "!~") return () => "0";
  switch (value.type) {
    case "int":
    case "duration": {
      const wanted = bind("Int64", value.value);
      return (number) => `${number} ${operator} ${wanted}`;
    }
    case "float": {
      const wanted = bind("Float64", value.value);
      return (number) => `${number} ${operator} ${wanted}`;
    }
    default:
      return () => "0";
  }
}

/** The table has `Error`, a query `error`. */
function keywordTest(type: "status" | "kind", operator: Operator, value: Static, bind: Bind): Test {
  if (value.type !== type || (operator !== "=" && operator !== "!=")) return () => "0";
  const wanted = bind("String", value.value.charAt(0).toUpperCase() + value.value.slice(1));
  return (keyword) => `${keyword} ${operator} ${wanted}`;
}

function cidrSql({ field, prefixes }: Extract<SpanCondition, { type: "cidr" }>, bind: Bind): string {
  const column = spanColumn(field, bind);
  if (!["text", "attribute", "texts"].includes(column.type)) return "0";
  const networks = prefixes.map((prefix) => bind("String", prefix));
  const test: Test = (text) => {
    // An IPv4 address may be written as an IPv6 one.
    const address = `replaceRegexpOne(${text}, '(?i)^::ffff:([0-9]+[.])', '\\\\1')`;
    const isAddress = `(isIPv4String(${address}) OR isIPv6String(${address}))`;
    // It fails for what is no address, and dictionaries of texts have an empty one that no row has.
    const asked = `if(${isAddress}, ${address}, '0.0.0.0')`;
    const isIn = networks.map((network) => `isIPAddressInRange(${asked}, ${network})`).join(" OR ");
    return `(${isAddress} AND (${isIn}))`;
  };
  return where(column, testSql(column, { operator: "=", isText: true }, test));
}
