import { formatShort } from "@sightline/gotext/format-float";
import { quote } from "@sightline/gotext/quote";
import { printValue, type TemplateValue, typeOf } from "./value.ts";

/** The widest that a directive may make a value. */
const maxWidth = 10_000;

const directive = /%([-+# 0]*)(\*|[1-9]\d*)?(?:\.(\*|\d+)?)?([a-zA-Z%]|$)/gu;

interface Directive {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly verb: string;
}

/** Go's `fmt.Sprintf`. What does not fit is said in the text: `%!d(string=a)`, `%!s(MISSING)`, `%!(EXTRA int64=1)`. */
export function formatPrintf(format: string, values: readonly TemplateValue[]): string {
  let at = 0;
  const count = (text: string | undefined): number => {
    if (text !== "*") return Math.min(Number(text ?? 0), maxWidth);
    const value = values[at++];
    return typeof value === "bigint" ? Math.min(Number(value), maxWidth) : 0;
  };
  const text = format.replace(
    directive,
    (whole, flags: string, wide: string | undefined, precise: string | undefined, verb: string) => {
      if (verb === "%") return "%";
      if (verb === "") return "%!(NOVERB)";
      const width = count(wide);
      const hasPrecision = whole.includes(".");
      const precision = hasPrecision ? count(precise) : undefined;
      if (at >= values.length) return `%!${verb}(MISSING)`;
      return formatOne({ flags, width, precision, verb }, values[at++] ?? null);
    },
  );
  if (at >= values.length) return text;
  const extra = values.slice(at).map((value) => (value === null ? "<nil>" : `${typeOf(value)}=${printValue(value)}`));
  return `${text}%!(EXTRA ${extra.join(", ")})`;
}

function formatOne(wanted: Directive, value: TemplateValue): string {
  const text = formatVerb(wanted, value);
  if (text === undefined) {
    return value === null ? `%!${wanted.verb}(<nil>)` : `%!${wanted.verb}(${typeOf(value)}=${printValue(value)})`;
  }
  const missing = Math.abs(wanted.width) - [...text].length;
  if (missing <= 0) return text;
  if (wanted.flags.includes("-") || wanted.width < 0) return text + " ".repeat(missing);
  const isNumber = typeof value === "bigint" || typeof value === "number";
  if (!wanted.flags.includes("0") || (isNumber && !/\d/.test(text))) return " ".repeat(missing) + text;
  const sign = isNumber && /^[+-]/.test(text) ? text.slice(0, 1) : "";
  return sign + "0".repeat(missing) + text.slice(sign.length);
}

function formatVerb(wanted: Directive, value: TemplateValue): string | undefined {
  const { verb } = wanted;
  if (verb === "T") return value === null ? "<nil>" : typeOf(value);
  if (verb === "v")
    return typeof value === "number" ? formatFloat({ ...wanted, verb: "g" }, value) : formatDefault(wanted, value);
  if (verb === "t") return typeof value === "boolean" ? String(value) : undefined;
  if (typeof value === "bigint") return formatInteger(wanted, value);
  if (typeof value === "number") return formatFloat(wanted, value);
  if (typeof value === "string") return formatText(wanted, value);
  if (value === null) return undefined;
  return verb === "s" ? printValue(value) : undefined;
}

function formatDefault({ flags }: Directive, value: TemplateValue): string {
  if (flags.includes("#") && typeof value === "string") return quote(value);
  return typeof value === "bigint" ? signed(flags, value < 0n, String(value).replace("-", "")) : printValue(value);
}

function formatText({ flags, precision, verb }: Directive, value: string): string | undefined {
  const cut = precision === undefined ? value : [...value].slice(0, precision).join("");
  if (verb === "s") return cut;
  if (verb === "q") return flags.includes("#") && !cut.includes("`") ? `\`${cut}\`` : quote(cut);
  if (verb === "x") return Buffer.from(cut).toString("hex");
  return verb === "X" ? Buffer.from(cut).toString("hex").toUpperCase() : undefined;
}

function signed(flags: string, isNegative: boolean, digits: string): string {
  if (isNegative) return `-${digits}`;
  return (flags.includes("+") ? "+" : flags.includes(" ") ? " " : "") + digits;
}

const bases: ReadonlyMap<string, readonly [base: number, prefix: string]> = new Map([
  ["d", [10, ""]],
  ["x", [16, "0x"]],
  ["X", [16, "0X"]],
  ["o", [8, "0"]],
  ["O", [8, ""]],
  ["b", [2, "0b"]],
]);

function formatInteger({ flags, precision, verb }: Directive, value: bigint): string | undefined {
  const size = value < 0n ? -value : value;
  const isCharacter = size <= 0x10ffffn;
  if (verb === "c") return isCharacter ? String.fromCodePoint(Number(size)) : "\ufffd";
  if (verb === "q") return isCharacter ? `'${String.fromCodePoint(Number(size))}'` : undefined;
  if (verb === "U") return `U+${size.toString(16).toUpperCase().padStart(4, "0")}`;
  const [base, prefix] = bases.get(verb) ?? [];
  if (base === undefined) return undefined;
  const plain = size.toString(base).padStart(precision ?? 0, "0");
  const digits = verb === "X" ? plain.toUpperCase() : plain;
  return signed(flags, value < 0n, (verb === "O" ? "0o" : flags.includes("#") ? prefix : "") + digits);
}

function formatFloat({ flags, precision, verb }: Directive, value: number): string | undefined {
  const size = Math.abs(value);
  if (!"eEfFgG".includes(verb)) return undefined;
  if (!Number.isFinite(value))
    return Number.isNaN(value) ? "NaN" : signed(flags.includes("+") || value < 0 ? flags : "+", value < 0, "Inf");
  const isNegative = value < 0 || Object.is(value, -0);
  return signed(flags, isNegative, floatDigits(size, verb, precision));
}

function floatDigits(size: number, verb: string, precision: number | undefined): string {
  const exact = Math.min(precision ?? 6, 100);
  const exponent = (text: string) => text.replace(/e([+-])(\d)$/, "e$10$2");
  if (verb === "f" || verb === "F") return size < 1e21 ? size.toFixed(exact) : BigInt(size).toString();
  if (verb === "e" || verb === "E") {
    const text = exponent(size.toExponential(exact));
    return verb === "E" ? text.toUpperCase() : text;
  }
  if (precision === undefined) return formatShort(size);
  const text = Number(size.toPrecision(Math.max(1, Math.min(precision, 100))));
  const isLarge = text !== 0 && (text < 1e-4 || text >= 10 ** Math.max(1, precision));
  return isLarge ? exponent(text.toExponential()) : String(text);
}
