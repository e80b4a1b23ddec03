import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type Scalar,
  type YAMLError,
} from "yaml";
import { createPlace, type Place, type Problems } from "./problem.ts";

/** A value of YAML with where it stands. A scalar keeps its text: what it means is for who reads it to say. */
export type YamlNode =
  | { readonly kind: "null"; readonly place: Place }
  | { readonly kind: "text"; readonly text: string; readonly isPlain: boolean; readonly place: Place }
  | { readonly kind: "list"; readonly items: readonly YamlNode[]; readonly place: Place }
  | { readonly kind: "map"; readonly entries: readonly YamlEntry[]; readonly place: Place };

export interface YamlEntry {
  readonly key: string;
  readonly keyPlace: Place;
  readonly value: YamlNode;
}

export interface YamlText {
  /** Undefined for a text without content. */
  readonly root: YamlNode | undefined;
  /** Whether there are documents after the first, of which nothing is read. */
  readonly hasMore: boolean;
}

/** How many values a text may come to with all its aliases replaced by what they stand for. */
const maxNodes = 2_000_000;
const maxDepth = 100;

/**
 * Reads YAML as Go's libraries do: anchors, aliases and merge keys; a key that stands twice is an error, and only the first document counts.
 * What is wrong goes to the problems; the rest is read all the same as far as possible.
 */
export function readYaml(text: string, problems: Problems): YamlText {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    schema: "failsafe",
    lineCounter: lines,
    prettyErrors: false,
  });
  if (!Array.isArray(documents)) return { root: undefined, hasMore: false };
  const [first] = documents;
  if (first === undefined) return { root: undefined, hasMore: false };
  const placeAt = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return createPlace(line, col);
  };
  for (const { pos, message } of tellingErrors(first.errors))
    problems.add(placeAt(pos[0]), `cannot read YAML: ${message}`);
  const { contents } = first;
  if (first.errors.length > 0 || contents === null) return { root: undefined, hasMore: false };
  const walk = createWalk({ placeAt, resolve: (node) => (isAlias(node) ? node.resolve(first) : node), problems });
  return { root: walk(contents, 0), hasMore: documents.length > 1 };
}

/** What follows an error of syntax is mostly a consequence of it. */
function tellingErrors(errors: readonly YAMLError[]): readonly YAMLError[] {
  const first = errors.find(({ code }) => code !== "DUPLICATE_KEY");
  return errors.filter((error) => error === first || error.code === "DUPLICATE_KEY");
}

interface WalkOptions {
  readonly placeAt: (offset: number) => Place;
  /** What an alias stands for. */
  readonly resolve: (node: unknown) => unknown;
  readonly problems: Problems;
}

type Walk = (node: unknown, depth: number) => YamlNode;

function createWalk({ placeAt, resolve, problems }: WalkOptions): Walk {
  let nodes = 0;
  const placeOf = (node: Node) => placeAt(node.range?.[0] ?? 0);
  const walk: Walk = (given, depth) => {
    const node = resolve(given);
    const place = isNode(given) ? placeOf(given) : placeAt(0);
    nodes++;
    if (nodes === maxNodes || depth === maxDepth) {
      problems.add(place, `cannot read YAML: got more than ${maxNodes} values or ${maxDepth} levels`);
    }
    if (nodes >= maxNodes || depth >= maxDepth) return { kind: "null", place };
    if (isAlias(given) && node === undefined)
      problems.add(place, `cannot read YAML: got the unknown anchor ${given.source}`);
    if (isScalar(node)) return scalarOf(node, place);
    if (isSeq(node)) return { kind: "list", items: node.items.map((item) => walk(item, depth + 1)), place };
    if (isMap(node)) return { kind: "map", entries: entriesOf(node.items, depth), place };
    return { kind: "null", place };
  };
  const entriesOf = (pairs: readonly Pair[], depth: number): readonly YamlEntry[] => {
    const own: YamlEntry[] = [];
    const merged: YamlEntry[] = [];
    for (const { key, value } of pairs) {
      const name = resolve(key);
      const keyPlace = isNode(key) ? placeOf(key) : placeAt(0);
      if (!isScalar(name)) problems.add(keyPlace, "cannot read YAML: got a key that is no text");
      else if (isMergeKey(name)) merged.push(...mergedEntries(walk(value, depth + 1)));
      else
        own.push({
          key: String(name.value),
          keyPlace,
          value: value === null ? { kind: "null", place: keyPlace } : walk(value, depth + 1),
        });
    }
    const known = new Set(own.map(({ key }) => key));
    return [...own, ...merged.filter(({ key }) => !known.has(key) && known.add(key))];
  };
  return walk;
}

function isMergeKey({ value, type }: Scalar): boolean {
  return value === "<<" && type === "PLAIN";
}

/** What a merge key brings: the entries of a map, or of several, of which the first counts. */
function mergedEntries(node: YamlNode): readonly YamlEntry[] {
  if (node.kind === "map") return node.entries;
  return node.kind === "list" ? node.items.flatMap(mergedEntries) : [];
}

function scalarOf({ value, type, tag }: Scalar, place: Place): YamlNode {
  const text = String(value ?? "");
  const isPlain = type === "PLAIN" && tag === undefined;
  if (isPlain && /^(?:~|null|Null|NULL|)$/.test(text)) return { kind: "null", place };
  return { kind: "text", text, isPlain, place };
}
