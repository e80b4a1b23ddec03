import { quote } from "@sightline/gotext/quote";
import { parseDuration } from "@sightline/query/promql/durations";
import type { Labels } from "../labels.ts";
import type { Place, Problems } from "./problem.ts";
import type { YamlEntry, YamlNode } from "./yaml-text.ts";

/**
 * Reads the fields of a map, each once, by what they have to be. What is wrong goes to the problems, and the field counts as not given. As Go
 * reads YAML, a text may be written as a number or a word such as `true`, and null is as good as nothing.
 */
export interface MapReader {
  readonly place: Place;
  has(key: string): boolean;
  /** Where a field's value stands; the map's place when it has not got the field. */
  placeOf(key: string): Place;
  text(key: string): string | undefined;
  number(key: string): number | undefined;
  /** A whole number. */
  count(key: string): number | undefined;
  truth(key: string): boolean | undefined;
  /** Milliseconds of a duration such as `1h30m`. */
  durationMs(key: string): number | undefined;
  texts(key: string): readonly string[] | undefined;
  /** A map of texts. */
  labels(key: string): Labels | undefined;
  map(key: string): MapReader | undefined;
  /** A list of maps, each of which describes what `of` says. */
  maps(key: string, of: string): readonly MapReader[] | undefined;
  node(key: string): YamlNode | undefined;
  /** Tells of a problem with a field. */
  refuse(key: string, message: string): void;
  /** To be called when all is read: tells of the fields that nobody asked for. */
  finish(): void;
}

/** @param of what the map describes, as in "not found in a rule" */
export function createMapReader(node: YamlNode, of: string, problems: Problems): MapReader {
  const entries = new Map<string, YamlEntry>();
  if (node.kind === "map") for (const entry of node.entries) entries.set(entry.key, entry);
  else if (node.kind !== "null") problems.add(node.place, `got ${describe(node)}, want ${of}`);
  const asked = new Set<string>();
  const given = (key: string): YamlNode | undefined => {
    asked.add(key);
    const value = entries.get(key)?.value;
    return value?.kind === "null" ? undefined : value;
  };
  const placeOf = (key: string) => entries.get(key)?.value.place ?? node.place;
  const refuse = (key: string, message: string): undefined => {
    problems.add(placeOf(key), message);
  };
  const textOf = (key: string, wanted = "a text"): string | undefined => {
    const value = given(key);
    if (value === undefined || value.kind === "text") return value?.text;
    return refuse(key, `${key}: got ${describe(value)}, want ${wanted}`);
  };
  const parsed = <Value>(key: string, wanted: string, parse: (text: string) => Value | null): Value | undefined => {
    const text = textOf(key, wanted);
    if (text === undefined) return undefined;
    return parse(text) ?? refuse(key, `${key}: got ${quote(text)}, want ${wanted}`);
  };
  const itemsOf = (key: string, wanted: string): readonly YamlNode[] | undefined => {
    const value = given(key);
    if (value === undefined || value.kind === "list") return value?.items;
    return refuse(key, `${key}: got ${describe(value)}, want ${wanted}`);
  };
  return {
    place: node.place,
    has: (key) => given(key) !== undefined,
    placeOf,
    node: given,
    text: textOf,
    number: (key) => parsed(key, "a number", numberOf),
    count: (key) => parsed(key, "a whole number", countOf),
    truth: (key) => parsed(key, "true or false", truthOf),
    durationMs: (key) => parsed(key, "a duration such as 5m", parseDuration),
    texts: (key) =>
      itemsOf(key, "a list of texts")?.flatMap((item) => {
        if (item.kind === "text") return item.text;
        problems.add(item.place, `${key}: got ${describe(item)}, want a text`);
        return [];
      }),
    labels(key) {
      const value = given(key);
      if (value === undefined) return undefined;
      if (value.kind === "map") return labelsOf(value.entries, key, problems);
      return refuse(key, `${key}: got ${describe(value)}, want a map of texts`);
    },
    map(key) {
      const value = given(key);
      return value && createMapReader(value, key, problems);
    },
    maps: (key, of) => itemsOf(key, "a list")?.map((item) => createMapReader(item, of, problems)),
    refuse,
    finish() {
      for (const { key, keyPlace } of entries.values()) {
        if (!asked.has(key))
          problems.add(keyPlace, `field ${key} not found in ${of}, want one of ${[...asked].sort().join(", ")}`);
      }
    },
  };
}

/** What a value is, for people. */
export function describe(node: YamlNode): string {
  if (node.kind === "text") return quote(node.text);
  return node.kind === "null" ? "nothing" : `a ${node.kind}`;
}

function labelsOf(entries: readonly YamlEntry[], key: string, problems: Problems): Labels {
  return Object.fromEntries(
    entries.flatMap(({ key: name, value }): readonly (readonly [string, string])[] => {
      if (value.kind === "text") return [[name, value.text]];
      if (value.kind === "null") return [[name, ""]];
      problems.add(value.place, `${key}: ${name}: got ${describe(value)}, want a text`);
      return [];
    }),
  );
}

function numberOf(text: string): number | null {
  const word = text.toLowerCase();
  if (word === ".nan" || word === "nan") return Number.NaN;
  if (/^[+-]?\.?inf$/.test(word)) return word.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!/^[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?$|^0x[\da-f]+$/.test(word)) return null;
  const number = Number(word.replaceAll("_", ""));
  return Number.isNaN(number) ? null : number;
}

function countOf(text: string): number | null {
  const number = numberOf(text);
  return number !== null && Number.isSafeInteger(number) ? number : null;
}

/** The words of YAML 1.1, which Go's libraries read. */
function truthOf(text: string): boolean | null {
  if (/^(?:true|yes|on|y)$/i.test(text)) return true;
  return /^(?:false|no|off|n)$/i.test(text) ? false : null;
}
