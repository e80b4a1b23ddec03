// After fmt/print.go of Go 1.26: `Sprint`, `Sprintln` and what `Sprintf` does with one value.
import { invalid } from "@sightline/errors/app-error";
import { formatShort } from "@sightline/gotext/format-float";
import { type Budget, timeUnits } from "../budget.ts";
import { printTime } from "../time/layout.ts";
import { baseOf, type Dict, type List, type Struct, sortedEntries, typeName, type Value } from "../value.ts";
import { type Directive, pad, plainDirective } from "./directive.ts";
import { formatBoolean, formatInteger, formatNumber, formatText } from "./verbs.ts";

/** How deep lists and maps may lie in each other. */
const maxDepth = 100;

/** Values next to each other, with a space between two of which none is a text: `fmt.Sprint`. */
export function print(values: readonly Value[], budget: Budget): string {
  let printed = "";
  let wasText = true;
  for (const [index, value] of values.entries()) {
    const isText = typeof baseOf(value) === "string";
    if (index > 0 && !isText && !wasText) printed += " ";
    printed += printValue(value, budget);
    wasText = isText;
  }
  return printed;
}

/** Values with spaces between them and the end of a line: `fmt.Sprintln`. */
export function printLine(values: readonly Value[], budget: Budget): string {
  return `${values.map((value) => printValue(value, budget)).join(" ")}\n`;
}

/** A value as `%v` prints it. */
export function printValue(value: Value, budget: Budget): string {
  if (typeof value === "string") return value;
  const isPlain = typeof value === "object" && value?.kind === "named" && value.type.print === undefined;
  const base = isPlain ? value.base : value;
  if (typeof base !== "bigint" && typeof base !== "number") return printAs(value, plainDirective, budget);
  const text = typeof base === "bigint" ? String(base) : formatShort(base);
  budget.spend(text.length + 1);
  return text;
}

/** A value as a directive of `printf` says. What the verb does not fit is told in the text: `%!d(string=a)`. */
export function printAs(value: Value, directive: Directive, budget: Budget): string {
  if (value === null) return "vT".includes(directive.verb) ? pad("<nil>", directive) : `%!${directive.verb}(<nil>)`;
  if (directive.verb === "T") return formatText(typeName(value), { ...directive, verb: "s" }) ?? "";
  return printInner(value, { directive, budget, depth: 0 });
}

/** How a value is printed, and how deep it lies in the one that was given. */
interface Printing {
  readonly directive: Directive;
  readonly budget: Budget;
  readonly depth: number;
}

function charged(text: string, { budget }: Printing): string {
  budget.spend(text.length + 1);
  return text;
}

function badVerb(value: Value, { directive, budget, depth }: Printing): string {
  const misfit = { ...directive, verb: "v", isMisfit: true };
  return `%!${directive.verb}(${typeName(value)}=${printInner(value, { directive: misfit, budget, depth: depth + 1 })})`;
}

function printInner(value: Value, printing: Printing): string {
  const { directive, budget, depth } = printing;
  if (depth > maxDepth) throw invalid("the value is nested too deeply to be printed");
  if (value === null) return directive.sharpV ? "interface {}(nil)" : "<nil>";
  if (typeof value === "object" && value.kind === "time") budget.spend(timeUnits);
  const own = isStringable(directive) ? ownText(value) : undefined;
  if (own !== undefined) return charged(formatText(own, directive) ?? badVerb(value, printing), printing);
  const base = baseOf(value);
  if (typeof base !== "object") return charged(formatBasic(base, directive) ?? badVerb(value, printing), printing);
  switch (base?.kind) {
    case "list":
      return printList(base, printing);
    case "dict":
      return printDict(base, printing);
    case "struct":
      return printStruct(base, printing);
    default:
      // Go shows what a time or a function is made of, which says nothing to anybody.
      return directive.verb === "v" ? pad(ownText(value) ?? "func", directive) : badVerb(value, printing);
  }
}

function inside({ directive, budget, depth }: Printing): Printing {
  return { directive, budget, depth: depth + 1 };
}

function printList({ type, items }: List, printing: Printing): string {
  const inner = items.map((item) => printInner(item, inside(printing)));
  const text = printing.directive.sharpV ? `${type.name}{${inner.join(", ")}}` : `[${inner.join(" ")}]`;
  return charged(text, printing);
}

function printDict(dict: Dict, printing: Printing): string {
  const inner = sortedEntries(dict).map(([name, value]) => {
    return `${printInner(name, inside(printing))}:${printInner(value, inside(printing))}`;
  });
  const text = printing.directive.sharpV ? `${dict.type.name}{${inner.join(", ")}}` : `map[${inner.join(" ")}]`;
  return charged(text, printing);
}

function printStruct({ type, fields }: Struct, printing: Printing): string {
  const { plusV, sharpV } = printing.directive;
  const inner = Object.entries(fields).map(([name, value]) => {
    return (plusV || sharpV ? `${name}:` : "") + printInner(value, inside(printing));
  });
  const name = type.name.replace(/^\*/, "");
  const mark = name === type.name ? "" : "&";
  return charged(sharpV ? `${mark}${name}{${inner.join(", ")}}` : `${mark}{${inner.join(" ")}}`, printing);
}

function isStringable({ verb, sharpV, isMisfit }: Directive): boolean {
  return "vsxXq".includes(verb) && !sharpV && !isMisfit;
}

/** What the value's own `String()` gives. */
function ownText(value: Value): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  switch (value.kind) {
    case "time":
      return printTime(value);
    case "named":
      return value.type.print?.(value);
    case "list":
      return value.type.print?.(value);
    case "dict":
      return value.type.print?.(value);
    case "struct":
      return value.type.print?.(value);
    default:
      return undefined;
  }
}

function formatBasic(value: string | bigint | number | boolean, directive: Directive): string | undefined {
  if (typeof value === "string") return formatText(value, directive);
  if (typeof value === "bigint") return formatInteger(value, directive);
  if (typeof value === "number") return formatNumber(value, directive);
  return formatBoolean(value, directive);
}
