import { quote } from "@sightline/gotext/quote";
import type { TemplateFunction } from "./function.ts";
import { formatPrintf } from "./printf.ts";
import { isList, isMap, isTrue, printValue, TemplateError, type TemplateValue, typeOf } from "./value.ts";

/** Whether the values are equal, as Go's templates compare. */
function isEqual(a: TemplateValue, b: TemplateValue): boolean {
  if (a === null || b === null) return a === b;
  if (typeof a !== typeof b || typeof a === "object") {
    throw new TemplateError(`incompatible types for comparison: ${typeOf(a)} and ${typeOf(b)}`);
  }
  return a === b;
}

function isLess(a: TemplateValue, b: TemplateValue): boolean {
  if (typeof a === "string" && typeof b === "string") return a < b;
  if (typeof a === "number" && typeof b === "number") return a < b;
  if (typeof a === "bigint" && typeof b === "bigint") return a < b;
  throw new TemplateError(`incompatible types for comparison: ${typeOf(a)} and ${typeOf(b)}`);
}

function comparison(test: (a: TemplateValue, b: TemplateValue) => boolean): TemplateFunction {
  return { parameters: ["any", "any"], call: ([a = null, b = null]) => test(a, b) };
}

function lengthOf(value: TemplateValue): bigint {
  if (typeof value === "string") return BigInt(Buffer.byteLength(value));
  if (isList(value)) return BigInt(value.length);
  if (isMap(value)) return BigInt(value.size);
  throw new TemplateError(`len of type ${typeOf(value)}`);
}

function indexInto(value: TemplateValue, key: TemplateValue): TemplateValue {
  if (isMap(value)) {
    if (typeof key !== "string") throw new TemplateError(`value has type ${typeOf(key)}; should be string`);
    return value.get(key) ?? null;
  }
  if (typeof key !== "bigint") throw new TemplateError(`cannot index slice/array with type ${typeOf(key)}`);
  const items = typeof value === "string" ? [...Buffer.from(value)].map(BigInt) : value;
  if (!isList(items)) throw new TemplateError(`can't index item of type ${typeOf(value)}`);
  const item = items[Number(key)];
  if (key < 0n || item === undefined) throw new TemplateError(`index out of range: ${key}`);
  return item;
}

function sliceOf(value: TemplateValue, from: number, to: number | undefined): TemplateValue {
  const items = typeof value === "string" ? Buffer.from(value) : value;
  if (typeof value !== "string" && !isList(value)) throw new TemplateError(`can't slice item of type ${typeOf(value)}`);
  const length = Number(lengthOf(value));
  const end = to ?? length;
  if (from < 0 || end > length) throw new TemplateError(`index out of range: ${from < 0 ? from : end}`);
  if (from > end) throw new TemplateError(`invalid slice index: ${from} > ${end}`);
  if (Buffer.isBuffer(items)) return items.subarray(from, end).toString();
  return isList(items) ? items.slice(from, end) : null;
}

function print(values: readonly TemplateValue[]): string {
  // As Go's Sprint: a blank between two that are no texts.
  return values.reduce<string>((text, value, index) => {
    const before = values[index - 1];
    const blank = index > 0 && typeof value !== "string" && typeof before !== "string" ? " " : "";
    return text + blank + printValue(value);
  }, "");
}

const htmlEscapes: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&#34;"],
  ["'", "&#39;"],
  ["\0", "\ufffd"],
]);

/** The functions that every template of Go has. `and` and `or` are the engine's own. */
export const builtins: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ["and", { parameters: [], rest: "any", call: ([value = null]) => value }],
  ["or", { parameters: [], rest: "any", call: ([value = null]) => value }],
  ["not", { parameters: ["any"], call: ([value = null]) => !isTrue(value) }],
  ["eq", { parameters: ["any", "any"], rest: "any", call: ([a = null, ...rest]) => rest.some((b) => isEqual(a, b)) }],
  ["ne", comparison((a, b) => !isEqual(a, b))],
  ["lt", comparison(isLess)],
  ["le", comparison((a, b) => isLess(a, b) || isEqual(a, b))],
  ["gt", comparison((a, b) => !isLess(a, b) && !isEqual(a, b))],
  ["ge", comparison((a, b) => !isLess(a, b))],
  ["len", { parameters: ["any"], call: ([value = null]) => lengthOf(value) }],
  ["index", { parameters: ["any"], rest: "any", call: ([value = null, ...keys]) => keys.reduce(indexInto, value) }],
  [
    "slice",
    {
      parameters: ["any"],
      rest: "int",
      call: ([value = null, from = 0n, to]) => sliceOf(value, Number(from), to === undefined ? undefined : Number(to)),
    },
  ],
  ["print", { parameters: [], rest: "any", call: print }],
  ["println", { parameters: [], rest: "any", call: (values) => `${values.map(printValue).join(" ")}\n` }],
  [
    "printf",
    { parameters: ["string"], rest: "any", call: ([format = "", ...values]) => formatPrintf(String(format), values) },
  ],
  ["urlquery", { parameters: [], rest: "any", call: (values) => encodeQuery(print(values)) }],
  [
    "html",
    {
      parameters: [],
      rest: "any",
      call: (values) => print(values).replace(/[&<>"'\0]/g, (char) => htmlEscapes.get(char) ?? char),
    },
  ],
  ["js", { parameters: [], rest: "any", call: (values) => escapeScript(print(values)) }],
]);

/** A text as it stands in the query of an address (`url.QueryEscape`). */
export function encodeQuery(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}

function escapeScript(text: string): string {
  return quote(text)
    .slice(1, -1)
    .replace(/['<>&=]/g, (char) =>
      char === "'" ? "\\'" : `\\u00${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
    );
}
