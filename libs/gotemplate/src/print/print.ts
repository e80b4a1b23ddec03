// After fmt/print.go of Go 1.26: `Sprint`, `Sprintln` and what `Sprintf` does with one value.
import { invalid } from "@sightline/errors/app-error";
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
  return printAs(value, plainDirective, budget);
}

/** A value as a directive of `printf` says. What the verb does not fit is told in the text: `%!d(string=a)`. */
export function printAs(value: Value, directive: Directive, budget: Budget): string {
  if (value === null) return "vT".includes(directive.verb) ? pad("<nil>", directive) : `%!${directive.verb}(<nil>)`;
  if (directive.verb === "T") return formatText(typeName(value), { ...directive, verb: "s" }) ?? "";
  return createPrinter(budget).printInner(value, directive, 0);
}

interface Printer {
  printInner(value: Value, directive: Directive, depth: number): string;
}

function createPrinter(budget: Budget): Printer {
  const charge = (text: string) => {
    budget.spend(text.length + 1);
    return text;
  };

  const badVerb = (value: Value, directive: Directive, depth: number): string => {
    if (value === null) return `%!${directive.verb}(<nil>)`;
    const printed = printInner(value, { ...directive, verb: "v", isMisfit: true }, depth + 1);
    return `%!${directive.verb}(${typeName(value)}=${printed})`;
  };

  const printInner = (value: Value, directive: Directive, depth: number): string => {
    if (depth > maxDepth) throw invalid("the value is nested too deeply to be printed");
    if (value === null) return directive.sharpV ? "interface {}(nil)" : "<nil>";
    if (typeof value === "object" && value.kind === "time") budget.spend(timeUnits);
    const own = isStringable(directive) ? ownText(value) : undefined;
    if (own !== undefined) return charge(formatText(own, directive) ?? badVerb(value, directive, depth));
    const base = baseOf(value);
    if (base === null) return "<nil>";
    if (typeof base !== "object") {
      return charge(formatBasic(base, directive) ?? badVerb(value, directive, depth));
    }
    switch (base.kind) {
      case "list":
        return printList(base, directive, depth);
      case "dict":
        return printDict(base, directive, depth);
      case "struct":
        return printStruct(base, directive, depth);
      default:
        return badVerb(directive.verb === "v" ? null : value, directive, depth);
    }
  };

  const printList = ({ type, items }: List, directive: Directive, depth: number): string => {
    const inner = items.map((item) => printInner(item, directive, depth + 1));
    return charge(directive.sharpV ? `${type.name}{${inner.join(", ")}}` : `[${inner.join(" ")}]`);
  };

  const printDict = (dict: Dict, directive: Directive, depth: number): string => {
    const inner = sortedEntries(dict).map(([name, value]) => {
      return `${printInner(name, directive, depth + 1)}:${printInner(value, directive, depth + 1)}`;
    });
    return charge(directive.sharpV ? `${dict.type.name}{${inner.join(", ")}}` : `map[${inner.join(" ")}]`);
  };

  const printStruct = ({ type, fields }: Struct, directive: Directive, depth: number): string => {
    const isPointer = type.name.startsWith("*");
    const inner = Object.entries(fields).map(([name, value]) => {
      const label = directive.plusV || directive.sharpV ? `${name}:` : "";
      return label + printInner(value, directive, depth + 1);
    });
    const mark = isPointer ? "&" : "";
    if (directive.sharpV) return charge(`${mark}${type.name.replace(/^\*/, "")}{${inner.join(", ")}}`);
    return charge(`${mark}{${inner.join(" ")}}`);
  };
  return { printInner };
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
