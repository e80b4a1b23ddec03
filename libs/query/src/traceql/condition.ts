import type { Static } from "./ast.ts";
import { compileCidr } from "./cidr.ts";
import { testAgainst } from "./compare-values.ts";
import type { Comparison, Match } from "./operators.ts";
import { type FieldReader, storedReader } from "./read-field.ts";
import { isPlainText, PARENT_ID, type StoredField } from "./stored-field.ts";
import type { Layout, Trace } from "./trace.ts";
import { elementsOf, type Value } from "./value.ts";

/**
 * What a database can ask of each span by itself. It is true or false, never unknown:
 *
 * - `always`, `never`
 * - `all`, `any`, `not` of others
 * - `compare`: the field is there, of the type of `value`, and compares so. A number is compared with texts that are numbers as JSON
 *   writes them, or NaN, Infinity and -Infinity; true and false with the texts `true` and `false`; patterns are RE2 and match the
 *   whole text, `.` a line's end too; texts are compared by their bytes. What is of another type is false, for `!=` and `!~` too.
 *   Of an array (values of events and links; an attribute's text that is a JSON array) one element has to be so, for `!=` and
 *   `!~` all; with a string the text of such an attribute is itself compared too. A database that leaves arrays out has to take
 *   the texts that begin with `[` as true. Intrinsics and `resource.service.name` are texts, whatever they look like.
 * - `exists`: the field is there; of events and links, in one of them
 * - `root`: the span has no parent
 * - `cidr`: the field is an IP address in one of the networks
 */
export type SpanCondition =
  | { readonly type: "always" | "never" | "root" }
  | { readonly type: "all" | "any"; readonly of: readonly SpanCondition[] }
  | { readonly type: "not"; readonly of: SpanCondition }
  | {
      readonly type: "compare";
      readonly field: StoredField;
      readonly operator: Comparison | Match;
      readonly value: Static;
    }
  | { readonly type: "exists"; readonly field: StoredField }
  | { readonly type: "cidr"; readonly field: StoredField; readonly prefixes: readonly string[] };

/** What a trace must have for a query to find something in it: spans of all, or of any, of some conditions. */
export type TraceCondition =
  | { readonly type: "some"; readonly spans: SpanCondition }
  | { readonly type: "all" | "any"; readonly of: readonly TraceCondition[] };

export const ALWAYS: SpanCondition = { type: "always" };
export const NEVER: SpanCondition = { type: "never" };

/** All of the conditions, without what says nothing. */
export function allOf(conditions: readonly SpanCondition[]): SpanCondition {
  const of = conditions.flatMap((condition) => (condition.type === "all" ? condition.of : [condition]));
  if (of.some(({ type }) => type === "never")) return NEVER;
  const telling = of.filter(({ type }) => type !== "always");
  const [only = ALWAYS] = telling;
  return telling.length > 1 ? { type: "all", of: telling } : only;
}

/** Any of the conditions, without what adds nothing. */
export function anyOf(conditions: readonly SpanCondition[]): SpanCondition {
  const of = conditions.flatMap((condition) => (condition.type === "any" ? condition.of : [condition]));
  if (of.some(({ type }) => type === "always")) return ALWAYS;
  const possible = of.filter(({ type }) => type !== "never");
  const [only = NEVER] = possible;
  return possible.length > 1 ? { type: "any", of: possible } : only;
}

/** The opposite, in its shortest form. */
export function notOf(condition: SpanCondition): SpanCondition {
  if (condition.type === "always") return NEVER;
  if (condition.type === "never") return ALWAYS;
  return condition.type === "not" ? condition.of : { type: "not", of: condition };
}

/** A condition as a test of spans in columns, which is what it means. */
export function testOf(condition: SpanCondition, layout: Layout): (trace: Trace, span: number) => boolean {
  switch (condition.type) {
    case "always":
      return () => true;
    case "never":
      return () => false;
    case "all": {
      const tests = condition.of.map((of) => testOf(of, layout));
      return (trace, span) => tests.every((test) => test(trace, span));
    }
    case "any": {
      const tests = condition.of.map((of) => testOf(of, layout));
      return (trace, span) => tests.some((test) => test(trace, span));
    }
    case "not": {
      const test = testOf(condition.of, layout);
      return (trace, span) => !test(trace, span);
    }
    case "root":
      return testField(storedReader(PARENT_ID, layout), (value) => value === "");
    case "exists":
      return testField(storedReader(condition.field, layout), (value) => value !== null);
    case "compare":
      return testField(
        storedReader(condition.field, layout),
        testAgainst(condition.operator, condition.value, isPlainText(condition.field)),
      );
    case "cidr":
      return testField(storedReader(condition.field, layout), networkTest(condition.prefixes));
  }
}

function testField(read: FieldReader, test: (value: Value) => boolean) {
  return (trace: Trace, span: number) => test(read(trace, span));
}

/** Whether a value, or one of an array, is an address in one of the networks. */
export function networkTest(prefixes: readonly string[]): (value: Value) => boolean {
  const test = compileCidr(prefixes);
  if (typeof test !== "function") return () => false;
  const isInside = (value: Value) => typeof value === "string" && test(value);
  return (value) => isInside(value) || (elementsOf(value)?.some(isInside) ?? false);
}
