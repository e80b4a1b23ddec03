import type { Budget } from "./budget.ts";

/**
 * What a template works with, typed as Go types it: a bigint is Go's `int`, a number its `float64`, null its untyped `nil`. A text is a `string`
 * whose length and places Go counts in bytes of UTF-8.
 */
export type Value = null | boolean | string | number | bigint | List | Dict | Struct | Named | Time | Func;

/** What all values of one Go type have in common. */
export interface TypeOf<V> {
  /** The type's name as `%T` prints it, such as `template.KV`. */
  readonly name: string;
  /** Its methods by name: each makes the function that is bound to a value. */
  readonly methods?: Readonly<Record<string, (self: V) => Func>>;
  /** Its `String()`, where it has one. */
  readonly print?: (self: V) => string;
}

/** The type of a list: a slice of Go. */
export interface ListType extends TypeOf<List> {
  /** What its elements are, as `%T` prints it; `interface {}` where they may be anything. */
  readonly element: string;
}

/** A slice of Go. */
export interface List {
  readonly kind: "list";
  readonly type: ListType;
  readonly items: readonly Value[];
}

/** The type of a map whose keys are texts. */
export interface DictType extends TypeOf<Dict> {
  /** What stands for a key that is missing where Go would give the zero value of the element's type. */
  readonly zero: Value;
}

/** A map of Go whose keys are texts. */
export interface Dict {
  readonly kind: "dict";
  readonly type: DictType;
  readonly entries: ReadonlyMap<string, Value>;
}

/** The type of a struct. */
export interface StructType extends TypeOf<Struct> {
  /** The names of its fields in JSON; a field that is not in it has its own name. */
  readonly jsonNames?: Readonly<Record<string, string>>;
}

/** A struct of Go, or a pointer to one (its type's name then begins with `*`), with its fields in their order. */
export interface Struct {
  readonly kind: "struct";
  readonly type: StructType;
  readonly fields: Readonly<Record<string, Value>>;
}

/** A value of a named type that is a text or a number underneath, such as `time.Duration` or `template.HTML`. */
export interface Named {
  readonly kind: "named";
  readonly type: TypeOf<Named>;
  readonly base: string | bigint | number | boolean;
}

/** A point in time, seen in a zone of the IANA database or so far ahead of UTC (`+02:00`): `time.Time`. */
export interface Time {
  readonly kind: "time";
  readonly epochNs: bigint;
  readonly zone: string;
}

/** What a parameter of a function takes. */
export interface Parameter {
  /** Its type as Go's messages name it. */
  readonly type: string;
  /** What a constant in the template has to be for it: `any` takes all of them, `none` no constant at all. */
  readonly constant: "string" | "int" | "float" | "bool" | "any" | "none";
  /** The value of its type that a whole number in the template stands for, where that is no `int`. */
  readonly ofInt?: (constant: bigint) => Value;
  /** Whether nil can stand for it. */
  readonly takesNil: boolean;
  /** Whether the value, which is not nil, is of its type. */
  accepts(value: Value): boolean;
}

/** A function that templates can call. */
export interface Func {
  readonly kind: "func";
  readonly parameters: readonly Parameter[];
  /** What any number of further arguments are, if it takes them. */
  readonly rest: Parameter | undefined;
  /**
   * Called with arguments that the parameters accept. Throws invalid_argument with the text of Go's error where it fails. What it does
   * beyond looking at its arguments once it asks of the budget beforehand.
   */
  call(args: readonly Value[], budget: Budget): Value;
}

/** `[]string`. */
export const stringsType: ListType = { name: "[]string", element: "string" };
/** `[]interface {}`. */
export const anyListType: ListType = { name: "[]interface {}", element: "interface {}" };
/** `map[string]string`. */
export const stringDictType: DictType = { name: "map[string]string", zero: "" };
/** `map[string]interface {}`. */
export const anyDictType: DictType = { name: "map[string]interface {}", zero: null };

/** A list; without a type one of anything. */
export function list(items: readonly Value[], type: ListType = anyListType): List {
  return { kind: "list", type, items };
}

/** A map; without a type one from texts to anything. */
export function dict(entries: Iterable<readonly [string, Value]>, type: DictType = anyDictType): Dict {
  return { kind: "dict", type, entries: new Map(entries) };
}

/** A struct with fields in the order in which they are given. */
export function struct(type: StructType, fields: Readonly<Record<string, Value>>): Struct {
  return { kind: "struct", type, fields };
}

/** The name of a value's type, as `%T` prints it. */
export function typeName(value: Value): string {
  if (value === null) return "<nil>";
  if (typeof value === "string") return "string";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return "float64";
  if (typeof value === "boolean") return "bool";
  if (value.kind === "time") return "time.Time";
  return value.kind === "func" ? functionType(value) : value.type.name;
}

function functionType({ parameters, rest }: Func): string {
  const types = parameters.map(({ type }) => type);
  if (rest !== undefined) types.push(`...${rest.type}`);
  return `func(${types.join(", ")}) interface {}`;
}

/** What a pointer to a struct points to; any other value itself. Go prints it so where it prints by itself. */
export function pointedTo(value: Value): Value {
  if (typeof value !== "object" || value?.kind !== "struct" || !value.type.name.startsWith("*")) return value;
  return { ...value, type: { ...value.type, name: value.type.name.slice(1) } };
}

/** What a value is underneath its named type. */
export function baseOf(value: Value): Exclude<Value, Named> {
  return typeof value === "object" && value !== null && value.kind === "named" ? value.base : value;
}

/** Whether `if` takes it for true: not the zero of its type, and not empty. */
export function isTrue(value: Value): boolean {
  const base = baseOf(value);
  if (typeof base !== "object" || base === null) return Boolean(base) || Number.isNaN(base);
  if (base.kind === "list") return base.items.length > 0;
  return base.kind === "dict" ? base.entries.size > 0 : true;
}

/** Orders texts by their bytes, as Go does. */
export function compareTexts(a: string, b: string): number {
  // UTF-16 orders as UTF-8 does as long as there are no surrogates.
  if (!/[\ud800-\udfff]/.test(a) && !/[\ud800-\udfff]/.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The entries of a map in the order of their keys, in which Go prints them and ranges over them. */
export function sortedEntries({ entries }: Dict): [string, Value][] {
  return [...entries].sort(([a], [b]) => compareTexts(a, b));
}
