import type { MatcherMode, MatcherNote } from "../matcher/parse-matchers.ts";
import { recordOf } from "../unsafe.ts";
import { resolveScalar } from "./scalar.ts";
import type { YamlMap, YamlNode, YamlPair, YamlScalar } from "./yaml-tree.ts";

/** What a walk over a configuration shares. */
export interface ReadContext {
  readonly matcherMode: MatcherMode;
  /** The template's fault, or undefined where its syntax is right. */
  readonly templateFault: (template: string) => string | undefined;
  /** Tells of something wrong; the walk goes on, so that all is told at once. */
  problem(node: YamlNode, message: string): void;
  /** Tells of matchers that are written in a way that should be changed. */
  note(node: YamlNode, note: MatcherNote): void;
  /** Tells of a secret that is there, or of a text with one in it. */
  secret(node: YamlScalar, told: ToldSecret): void;
  /** The keys and places in lists that lead to what is being read. Whoever reads what is in something else adds to it meanwhile. */
  readonly path: (string | number)[];
  /** Counts each node that is looked at. Throws when they are too many, which aliases of aliases soon are. */
  spend(node: YamlNode): void;
}

/** A secret in a configuration. */
export interface ToldSecret {
  /** What it means: quotes and escapes are gone. */
  readonly text: string;
  /** What is shown in its place. */
  readonly shown: string;
}

/** How one kind of value is read from a configuration and printed again. Printing shows no secrets. */
export interface Codec<T> {
  /** What holds where the key is not there. */
  readonly initial: T;
  /** What holds where the key is there and nothing behind it. */
  readonly empty: T;
  /** What the property's name says beyond the key's, such as `Ms` in `groupWaitMs`. */
  readonly unit?: string;
  /** Reads what is there, which is not null. What is wrong is told to the context, and anything may come back. */
  read(node: YamlNode, context: ReadContext): T;
  /** The value as YAML's; undefined where it is left out. */
  print(value: T): unknown;
}

export type ValueOf<C> = C extends Codec<infer T> ? T : never;

type Fields = Readonly<Record<string, Codec<unknown>>>;

/** What a table of fields reads: keys in `snake_case` become properties in `camelCase`. */
export type StructOf<F> = { readonly [K in keyof F]: ValueOf<F[K]> };

/** Tells of something wrong in a struct, at one of its keys or where it begins. */
export type Fail = (message: string, key?: string) => void;

export interface StructOptions<T> {
  /** Checks what was read by itself, and may complete it. Not called for what is not there. */
  readonly finish?: (value: T, fail: Fail) => T;
  /** Reads what is no map, where there is a short form. */
  readonly short?: (node: YamlNode, context: ReadContext) => T | undefined;
}

/** A map whose keys are known; others are refused. `name` says in messages what it is. */
export function struct<F extends Fields>(
  name: string,
  fields: F,
  options: StructOptions<StructOf<F>> = {},
): Codec<StructOf<F>> {
  const table = new Map(
    Object.entries(fields).map(([property, codec]) => [keyOf(property, codec), { property, codec }]),
  );
  const filled = (pick: (codec: Codec<unknown>) => unknown) =>
    recordOf<StructOf<F>>(Object.entries(fields).map(([property, codec]) => [property, pick(codec)]));

  function readPairs(node: YamlMap, values: Map<string, unknown>, context: ReadContext): void {
    const seen = new Set<string>();
    for (const pair of node.pairs) {
      if (isMerge(pair)) {
        for (const merged of mergedMaps(pair, context)) readPairs(merged, values, context);
        continue;
      }
      const key = readKey(pair, context);
      if (key === undefined) continue;
      const field = table.get(key);
      if (field === undefined) {
        context.problem(pair.key, `field ${key} not found in ${name}`);
      } else if (seen.has(field.property)) {
        context.problem(pair.key, `field ${key} already set in ${name}`);
      } else {
        seen.add(field.property);
        values.set(field.property, readInside(field.codec, pair.value, { context, step: key }));
      }
    }
  }

  return {
    initial: filled((codec) => codec.initial),
    empty: filled((codec) => codec.empty),
    read(node, context) {
      const short = node.kind === "scalar" ? options.short?.(node, context) : undefined;
      if (short !== undefined) return short;
      const values = new Map(Object.entries(filled((codec) => codec.initial)));
      if (node.kind === "map") readPairs(node, values, context);
      else context.problem(node, wrongType(node, `a map: ${name}`));
      const value = recordOf<StructOf<F>>(values);
      if (node.kind !== "map" || options.finish === undefined) return value;
      return options.finish(value, (message, key) => context.problem(keyNode(node, key), message));
    },
    print(value) {
      const values = new Map<string, unknown>(Object.entries(value));
      const printed = [...table].map(([key, { property, codec }]) => [key, codec.print(values.get(property))] as const);
      return Object.fromEntries(printed.filter(([, shown]) => shown !== undefined));
    },
  };
}

/** `groupWaitMs` is written `group_wait`. */
function keyOf(property: string, { unit = "" }: Codec<unknown>): string {
  return property.slice(0, property.length - unit.length).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function keyNode(node: YamlMap, key: string | undefined): YamlNode {
  return node.pairs.find((pair) => pair.key.kind === "scalar" && pair.key.text === key)?.key ?? node;
}

/** A list of values of one kind. */
export function list<T>(item: Codec<T>): Codec<readonly T[]> {
  return {
    initial: [],
    empty: [],
    read(node, context) {
      if (node.kind !== "list") {
        context.problem(node, wrongType(node, "a list"));
        return [];
      }
      return node.items.map((one, step) => readInside(item, one, { context, step }));
    },
    print: (values) => (values.length === 0 ? undefined : values.map((value) => item.print(value) ?? null)),
  };
}

/** A list that is something else when it is empty than when it is not there. */
export function shownList<T>(item: Codec<T>): Codec<readonly T[] | undefined> {
  return optional({ ...list(item), print: (values: readonly T[]) => values.map((value) => item.print(value) ?? null) });
}

/** A map of any keys to values of one kind. */
export function mapOf<T>(item: Codec<T>): Codec<Readonly<Record<string, T>>> {
  function readPairs(node: YamlMap, values: Map<string, T>, context: ReadContext): void {
    const seen = new Set<string>();
    for (const pair of node.pairs) {
      if (isMerge(pair)) {
        for (const merged of mergedMaps(pair, context)) readPairs(merged, values, context);
        continue;
      }
      const key = readKey(pair, context);
      if (key === undefined) continue;
      if (seen.has(key)) context.problem(pair.key, `key "${key}" already set in map`);
      seen.add(key);
      values.set(key, readInside(item, pair.value, { context, step: key }));
    }
  }

  return {
    initial: {},
    empty: {},
    read(node, context) {
      const values = new Map<string, T>();
      if (node.kind === "map") readPairs(node, values, context);
      else context.problem(node, wrongType(node, "a map"));
      return Object.fromEntries(values);
    },
    print(values) {
      const printed = Object.entries(values).map(([key, value]) => [key, item.print(value) ?? null] as const);
      return printed.length === 0 ? undefined : Object.fromEntries(printed);
    },
  };
}

/** A value that may be missing. */
export function optional<T>(codec: Codec<T>): Codec<T | undefined> {
  return {
    initial: undefined,
    empty: undefined,
    ...(codec.unit === undefined ? {} : { unit: codec.unit }),
    read: (node, context) => codec.read(node, context),
    print: (value) => (value === undefined ? undefined : codec.print(value)),
  };
}

/** Leaves a value out where it is printed as nothing would be. */
export function quiet<T>(codec: Codec<T>): Codec<T> {
  const nothing = JSON.stringify(codec.print(codec.empty));
  return {
    ...codec,
    print(value) {
      const printed = codec.print(value);
      return JSON.stringify(printed) === nothing ? undefined : printed;
    },
  };
}

/** Reads a value, or what stands for nothing. */
export function readValue<T>(codec: Codec<T>, node: YamlNode, context: ReadContext): T {
  context.spend(node);
  return isNull(node) ? codec.empty : codec.read(node, context);
}

interface Step {
  readonly context: ReadContext;
  readonly step: string | number;
}

/** Reads a value that is in something else. */
function readInside<T>(codec: Codec<T>, node: YamlNode, { context, step }: Step): T {
  context.path.push(step);
  const value = readValue(codec, node, context);
  context.path.pop();
  return value;
}

/** Whether nothing is there: `key:`, `~` or `null`. */
export function isNull(node: YamlNode): boolean {
  return node.kind === "scalar" && resolveScalar(node).type === "null";
}

/** "got …, want …" for a node that is of another kind than is wanted there. Its text may be a secret and is not shown. */
export function wrongType(node: YamlNode, want: string): string {
  const got = node.kind === "scalar" ? "a single value" : `a ${node.kind}`;
  return `got ${got}, want ${want}`;
}

function isMerge({ key }: YamlPair): boolean {
  return key.kind === "scalar" && key.isPlain && key.text === "<<";
}

/** The maps that a merge key brings in, the most important one last. */
function mergedMaps({ value }: YamlPair, context: ReadContext): YamlMap[] {
  const nodes = value.kind === "list" ? value.items.toReversed() : [value];
  const maps: YamlMap[] = [];
  for (const node of nodes) {
    context.spend(node);
    if (node.kind === "map") maps.push(node);
    else context.problem(node, "map merge requires map or sequence of maps as the value");
  }
  return maps;
}

function readKey({ key }: YamlPair, context: ReadContext): string | undefined {
  context.spend(key);
  if (key.kind === "scalar") return isNull(key) ? "" : key.text;
  context.problem(key, wrongType(key, "a key"));
  return undefined;
}
