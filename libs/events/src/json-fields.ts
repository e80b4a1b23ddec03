import { isDetails } from "./details.ts";
import { quoted } from "./validate.ts";

/**
 * Reads the fields of a JSON object that a person or a program sent, by their names in lowerCamelCase or snake_case.
 * Absent and null are the same. The first thing that is wrong is remembered; from then on every answer is a default.
 */
export interface JsonFields {
  /** The text of a field, "" when absent. */
  text(name: string): string;
  number(name: string): number | undefined;
  /** A field that holds an object, as fields of its own; only the given names are known in it. */
  object(name: string, known: readonly string[]): JsonFields | undefined;
  /** A field that holds an object, as it is. */
  raw(name: string): Readonly<Record<string, unknown>> | undefined;
  /** A field that holds an object of texts. */
  texts(name: string): Record<string, string>;
  /** A field as what `parse` makes of it; its undefined means that the value is not `want`. */
  parsed<T>(name: string, want: string, parse: (value: unknown) => T | undefined): T | undefined;
  /** What was wrong, naming the field; undefined while nothing was. */
  problem(): string | undefined;
}

export interface JsonFieldsOptions {
  /** The fields that may occur, in lowerCamelCase; another one is a problem, since a misspelled one would be lost. */
  readonly known: readonly string[];
  /** Other names of fields: from that name to the known one, in lowerCamelCase. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Put before names in messages: "metadata.". */
  readonly prefix?: string;
}

interface Report {
  first: string | undefined;
}

/** The fields of a parsed JSON object. */
export function jsonFields(object: Readonly<Record<string, unknown>>, options: JsonFieldsOptions): JsonFields {
  return readFields(object, options, { first: undefined });
}

function readFields(object: Readonly<Record<string, unknown>>, options: JsonFieldsOptions, report: Report): JsonFields {
  const prefix = options.prefix ?? "";
  const complain = (name: string, value: unknown, want: string): undefined => {
    report.first ??= `${prefix}${name}: got ${shown(value)}, want ${want}`;
  };
  const fields = namedFields(object, options, complain);

  const parsed = <T>(name: string, want: string, parse: (value: unknown) => T | undefined): T | undefined => {
    const field = fields.get(name);
    if (field === undefined) return undefined;
    return parse(field.value) ?? complain(field.name, field.value, want);
  };
  const raw = (name: string) => parsed(name, "an object", (value) => (isDetails(value) ? value : undefined));

  return {
    text: (name) => parsed(name, "a text", (value) => (typeof value === "string" ? value : undefined)) ?? "",
    number: (name) => parsed(name, "a number", (value) => (typeof value === "number" ? value : undefined)),
    raw,
    object(name, known) {
      const inner = raw(name);
      return inner && readFields(inner, { known, prefix: `${prefix}${fields.get(name)?.name}.` }, report);
    },
    texts(name) {
      const inner = Object.entries(raw(name) ?? {});
      const texts = inner.filter((entry): entry is [string, string] => typeof entry[1] === "string");
      for (const [key, value] of inner) if (typeof value !== "string") complain(`${name}.${key}`, value, "a text");
      return Object.fromEntries(texts);
    },
    parsed,
    problem: () => report.first,
  };
}

interface Field {
  /** As the sender spelled it. */
  readonly name: string;
  readonly value: unknown;
}

function namedFields(
  object: Readonly<Record<string, unknown>>,
  { known, aliases = {} }: JsonFieldsOptions,
  complain: (name: string, value: unknown, want: string) => void,
): Map<string, Field> {
  const fields = new Map<string, Field>();
  for (const [name, value] of Object.entries(object)) {
    const camel = name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    const meant = aliases[camel] ?? camel;
    if (!known.includes(meant)) complain(name, value, `only ${known.map(snakeCase).join(", ")}`);
    else if (fields.has(meant)) complain(name, value, `nothing beside ${fields.get(meant)?.name}`);
    else if (value !== null && value !== undefined) fields.set(meant, { name, value });
  }
  return fields;
}

function snakeCase(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function shown(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
