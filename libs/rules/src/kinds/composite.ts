import { AppError, invalid } from "@sightline/errors/app-error";
import type { Vector } from "../evaluate/queries.ts";
import { type Labels, labelsKey } from "../labels.ts";
import type { MapReader } from "../yaml/map-reader.ts";
import type { CompositeSource } from "./source.ts";

/** A combination of alerts. */
export type AlertCondition =
  | { readonly kind: "alert"; readonly name: string }
  | { readonly kind: "not"; readonly operand: AlertCondition }
  | { readonly kind: "and" | "or"; readonly left: AlertCondition; readonly right: AlertCondition };

interface Token {
  readonly kind: "name" | "sign" | "end";
  readonly text: string;
  readonly at: number;
}

interface Reader {
  readonly peek: () => Token;
  readonly next: () => Token;
}

const limits = { length: 4_096, depth: 32 };

/**
 * Reads a combination such as `HighErrorRate and not ("Planned work" or Deploying)`: names of alerts, in quotes where they have other signs
 * than letters, digits and `_ : - .`. `not` binds stronger than `and`, `and` stronger than `or`. Throws invalid_argument with the place.
 */
export function parseAlertCondition(text: string): AlertCondition {
  if (text.length > limits.length) throw invalid(`got ${text.length} characters, want at most ${limits.length}`);
  const tokens = tokensOf(text);
  let at = 0;
  const end: Token = { kind: "end", text: "the end", at: text.length };
  const reader = { peek: () => tokens[at] ?? end, next: () => tokens[at++] ?? end };
  const condition = readJoined(reader, "or", 0);
  if (reader.peek().kind !== "end") throw unexpected(reader.peek(), "and, or, or the end");
  return condition;
}

function tokensOf(text: string): readonly Token[] {
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([A-Za-z_][\w:.-]*)|(\S))/gy;
  return [...text.matchAll(pattern)].map((match) => {
    const [all, double, single, word, sign = ""] = match;
    const at = match.index + all.length - all.trimStart().length;
    const quoted = double ?? single;
    if (quoted !== undefined) return { kind: "name", text: quoted.replace(/\\(.)/g, "$1"), at };
    if (word === undefined) return { kind: "sign", text: sign, at };
    return { kind: /^(?:and|or|not)$/.test(word) ? "sign" : "name", text: word, at };
  });
}

function readJoined(reader: Reader, word: "or" | "and", depth: number): AlertCondition {
  const operand = () => (word === "or" ? readJoined(reader, "and", depth) : readNot(reader, depth));
  let left = operand();
  while (reader.peek().kind === "sign" && reader.peek().text === word) {
    reader.next();
    left = { kind: word, left, right: operand() };
  }
  return left;
}

function readNot(reader: Reader, depth: number): AlertCondition {
  const token = reader.next();
  if (depth > limits.depth) throw invalid(`at character ${token.at + 1}: got nesting deeper than ${limits.depth}`);
  if (token.kind === "name") return { kind: "alert", name: token.text };
  if (token.kind === "sign" && token.text === "not") return { kind: "not", operand: readNot(reader, depth + 1) };
  if (token.kind !== "sign" || token.text !== "(") throw unexpected(token, "the name of an alert, not or (");
  const inner = readJoined(reader, "or", depth + 1);
  const closing = reader.next();
  if (closing.text !== ")" || closing.kind !== "sign") throw unexpected(closing, ")");
  return inner;
}

function unexpected({ text, at }: Token, wanted: string): AppError {
  return invalid(`at character ${at + 1}: got ${text}, want ${wanted}`);
}

/** The alerts that a condition names. */
export function namesIn(condition: AlertCondition): readonly string[] {
  if (condition.kind === "alert") return [condition.name];
  if (condition.kind === "not") return namesIn(condition.operand);
  return [...namesIn(condition.left), ...namesIn(condition.right)];
}

/**
 * Where the condition holds: for each combination of values of the labels in `by` that a firing alert of it has, or once when there are none.
 *
 * @param firing the labels of the alerts of a name that fire
 */
export function combine(
  condition: AlertCondition,
  by: readonly string[],
  firing: (name: string) => readonly Labels[],
): Vector {
  const groupOf = (labels: Labels): Labels => Object.fromEntries(by.map((name) => [name, labels[name] ?? ""]));
  const names = [...new Set(namesIn(condition))];
  const keysOf = new Map(
    names.map((name) => [name, new Set(firing(name).map((labels) => labelsKey(groupOf(labels))))]),
  );
  const groups = new Map(by.length === 0 ? [[labelsKey({}), {}]] : []);
  for (const name of names) {
    for (const labels of firing(name)) groups.set(labelsKey(groupOf(labels)), groupOf(labels));
  }
  return [...groups].flatMap(([key, labels]) =>
    holds(condition, (name) => keysOf.get(name)?.has(key) === true) ? [{ labels, value: 1 }] : [],
  );
}

function holds(condition: AlertCondition, isFiring: (name: string) => boolean): boolean {
  switch (condition.kind) {
    case "alert":
      return isFiring(condition.name);
    case "not":
      return !holds(condition.operand, isFiring);
    case "and":
      return holds(condition.left, isFiring) && holds(condition.right, isFiring);
    case "or":
      return holds(condition.left, isFiring) || holds(condition.right, isFiring);
  }
}

/** Reads `composite: { condition: A and not B, by: [service] }`. */
export function readComposite(reader: MapReader): CompositeSource {
  const condition = reader.text("condition");
  if (condition === undefined)
    reader.refuse("condition", "composite: got no condition, want names of alerts with and, or, not");
  else {
    try {
      parseAlertCondition(condition);
    } catch (thrown) {
      reader.refuse("condition", `composite: cannot read condition: ${AppError.from(thrown).message}`);
    }
  }
  return { kind: "composite", condition: condition ?? "", by: reader.texts("by") ?? [] };
}

/** As `readComposite` reads it. */
export function formatComposite({ condition, by }: CompositeSource): object {
  return { condition, ...(by.length > 0 && { by }) };
}
