import { AppError, invalid } from "@sightline/errors/app-error";
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from "yaml";

/** Where something stands in a text, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What is written: texts, with what has to be known to say what they mean, maps and lists. Aliases are the node they stand for. */
export type YamlNode = YamlScalar | YamlMap | YamlList;

export interface YamlScalar {
  readonly kind: "scalar";
  readonly text: string;
  /** Whether it stands there without quotes. */
  readonly isPlain: boolean;
  /** Its tag, such as `tag:yaml.org,2002:int`, or "". */
  readonly tag: string;
  readonly at: Position;
  /** Where it stands in the text, with its quotes and without anchor and tag: offsets from and until (exclusive). */
  readonly range: readonly [from: number, until: number];
}

export interface YamlMap {
  readonly kind: "map";
  readonly pairs: readonly YamlPair[];
  readonly at: Position;
}

export interface YamlPair {
  readonly key: YamlNode;
  readonly value: YamlNode;
}

export interface YamlList {
  readonly kind: "list";
  readonly items: readonly YamlNode[];
  readonly at: Position;
}

export interface YamlLimits {
  readonly maxBytes: number;
  /** How deep maps and lists may stand in each other. */
  readonly maxDepth: number;
}

/** The first document of a text. */
export interface YamlDocument {
  readonly root: YamlNode;
  /** Where it ends in the text: what is behind it is not read. */
  readonly end: number;
}

/** As `readYamlDocument`, where only what is written matters. */
export function readYaml(text: string, limits: YamlLimits): YamlNode | null {
  return readYamlDocument(text, limits)?.root ?? null;
}

/**
 * Reads the first document of a text; null where there is none. Throws invalid_argument as "line:column: what is wrong". Aliases are
 * not copied: what they may blow up to is for whoever walks the tree to bound.
 */
export function readYamlDocument(text: string, limits: YamlLimits): YamlDocument | null {
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.maxBytes)
    throw invalid(`1:1: the text is too long: got ${bytes} bytes, want at most ${limits.maxBytes}`);
  const lines = new LineCounter();
  const [document, next] = parse(text, lines);
  if (document === undefined) return null;
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, column } = positionOf(error.pos[0]);
    // The parser calls itself for what stands in something else, and V8's stack has an end.
    if (error.code === "RESOURCE_EXHAUSTION") throw tooDeep({ line, column }, error);
    throw invalid(`${line}:${column}: ${error.message}`, error);
  }
  if (document.contents === null) return null;
  const root = convert(document.contents, { positionOf, anchors: new Map(), maxDepth: limits.maxDepth }, 1);
  return { root, end: next === undefined ? text.length : document.range[2] };
}

function parse(text: string, lineCounter: LineCounter): readonly Document.Parsed[] {
  try {
    // The meaning of scalars is for whoever knows what is wanted there. Duplicate keys are found there too, and faster.
    const documents = parseAllDocuments(text, {
      lineCounter,
      schema: "failsafe",
      resolveKnownTags: false,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "silent",
      keepSourceTokens: false,
    });
    return "empty" in documents ? [] : documents;
  } catch (thrown) {
    // The parser calls itself for what stands in something else, and V8's stack has an end.
    if (thrown instanceof RangeError) throw tooDeep({ line: 1, column: 1 }, thrown);
    throw AppError.from(thrown);
  }
}

interface Conversion {
  readonly positionOf: (offset: number) => Position;
  /** The nodes with a name; null while one is being converted. */
  readonly anchors: Map<string, YamlNode | null>;
  readonly maxDepth: number;
}

function convert(node: Node, conversion: Conversion, depth: number): YamlNode {
  const at = conversion.positionOf(node.range?.[0] ?? 0);
  if (isAlias(node)) return nodeNamed(node.source, conversion, at);
  if (depth > conversion.maxDepth) throw tooDeep(at);
  const anchor = "anchor" in node && typeof node.anchor === "string" ? node.anchor : undefined;
  if (anchor !== undefined) conversion.anchors.set(anchor, null);
  const converted = convertInner(node, at, conversion, depth);
  if (anchor !== undefined) conversion.anchors.set(anchor, converted);
  return converted;
}

function nodeNamed(name: string, { anchors }: Conversion, at: Position): YamlNode {
  const node = anchors.get(name);
  if (node === undefined) throw invalid(`${at.line}:${at.column}: unknown anchor '${name}' referenced`);
  if (node === null) throw invalid(`${at.line}:${at.column}: anchor '${name}' value contains itself`);
  return node;
}

function convertInner(node: Node, at: Position, conversion: Conversion, depth: number): YamlNode {
  if (isMap<Node | null, Node | null>(node)) {
    const pairs = node.items.map(({ key, value }) => ({
      key: convertOrNull(key, at, conversion, depth),
      value: convertOrNull(value, at, conversion, depth),
    }));
    return { kind: "map", pairs, at };
  }
  if (isSeq<Node | null>(node)) {
    return { kind: "list", items: node.items.map((item) => convertOrNull(item, at, conversion, depth)), at };
  }
  const text = isScalar(node) ? (node.source ?? String(node.value ?? "")) : "";
  const isPlain = !isScalar(node) || node.type === "PLAIN" || node.type === undefined;
  const [from, until] = node.range ?? [0, 0];
  return { kind: "scalar", text, isPlain, tag: isScalar(node) ? (node.tag ?? "") : "", at, range: [from, until] };
}

function convertOrNull(node: Node | null, at: Position, conversion: Conversion, depth: number): YamlNode {
  return node === null
    ? { kind: "scalar", text: "", isPlain: true, tag: "", at, range: [0, 0] }
    : convert(node, conversion, depth + 1);
}

function tooDeep({ line, column }: Position, cause?: unknown): AppError {
  return invalid(`${line}:${column}: maps and lists stand too deep in each other`, cause);
}

/** The node that a path of keys and places leads to, or the last one on the way there. */
export function nodeAt(root: YamlNode, path: readonly (string | number)[]): YamlNode {
  let node = root;
  for (const step of path) {
    const next = childOf(node, step);
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

function childOf(node: YamlNode, step: string | number): YamlNode | undefined {
  if (typeof step === "number") return node.kind === "list" ? node.items[step] : undefined;
  if (node.kind !== "map") return undefined;
  return node.pairs.findLast(({ key }) => key.kind === "scalar" && key.text === step)?.value;
}
