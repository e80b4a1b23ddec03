import { parseSync } from "@swc/core";

/** A node of the syntax tree, as swc names them. */
export interface Node {
  readonly type: string;
  /** Byte offset of its first character. */
  readonly start: number;
  /** Everything else the node has; nested nodes included. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A source file as the rules see it. */
export interface SourceFile {
  /** Relative to the root of the tree, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** All nodes, parents before children. Empty for files that are not TypeScript. */
  readonly nodes: readonly Node[];
  /** The line of a node, from 1. */
  lineOf(node: Node): number;
}

/** Parses a file. Throws when it is no TypeScript although its name says so. */
export function readSource(path: string, text: string): SourceFile {
  const bytes = Buffer.from(text);
  return {
    path,
    text,
    lines: text.split("\n"),
    nodes: /\.tsx?$/.test(path) ? nodesOf(text, path.endsWith("x")) : [],
    lineOf: (node) => bytes.subarray(0, node.start).toString("utf8").split("\n").length,
  };
}

/** The nodes directly or indirectly in a value of a node's fields. */
export function nodesIn(value: unknown): Node[] {
  const found: Node[] = [];
  collect(value, found);
  return found;
}

function nodesOf(text: string, tsx: boolean): Node[] {
  return nodesIn(parseSync(text, { syntax: "typescript", tsx, target: "es2024" }));
}

function collect(value: unknown, into: Node[]): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, into);
    return;
  }
  if (!isRecord(value)) return;
  const { type } = value;
  if (typeof type === "string") into.push({ type, start: startOf(value), fields: value });
  for (const child of Object.values(value)) collect(child, into);
}

/** swc counts bytes from 1. Some nodes (`key: value`) have no place of their own: theirs is that of their first child. */
function startOf(node: Readonly<Record<string, unknown>>): number {
  const { span } = node;
  if (isRecord(span) && typeof span["start"] === "number") return span["start"] - 1;
  const child = Object.values(node).find(isRecord);
  return child === undefined ? 0 : startOf(child);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** The text `a.b.c` of a chain of names, or undefined for anything else. */
export function dotted(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  if (value["type"] === "Identifier" && typeof value["value"] === "string") return value["value"];
  if (value["type"] !== "MemberExpression") return undefined;
  const object = dotted(value["object"]);
  const property = dotted(value["property"]);
  return object === undefined || property === undefined ? undefined : `${object}.${property}`;
}
