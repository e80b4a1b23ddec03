import type { Static } from "@sightline/query/traceql/ast";
import type { SpanCondition } from "@sightline/query/traceql/condition";
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
      const joined = condition.of.map((of) => spanConditionSql(of, bind));
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

function compareSql({ field, operator, value }: Compare, bind: Bind): string {
  const column = spanColumn(field, bind);
  return where(
    column,
    testSql(column, { operator, isText: value.type === "string" }, scalarTest(column, operator, value, bind)),
  );
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
  const asText = isText ? `${test(value)} ${isNegative ? "AND" : "OR"} ` : "";
  return `if(${isArraySql(value)}, (${asText}${elements}), ${test(value)})`;
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
      return (text) => `ifNull(${test(`toInt64OrNull(${text})`)}, ifNull(${test(numberSql(text))}, 0))`;
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
