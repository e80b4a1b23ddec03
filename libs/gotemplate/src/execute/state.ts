import { type AppError, invalid } from "@sightline/errors/app-error";
import { quote } from "@sightline/gotext/quote";
import { type Budget, exhausted } from "../budget.ts";
import { shortened } from "../message.ts";
import { formatNode, formatPlace } from "../parse/format-node.ts";
import type { Body, Command, Node, Operand, Templates } from "../parse/node.ts";
import type { Func, Value } from "../value.ts";

/** What a key that a map does not have gives: nothing, the zero value of the map's elements, or an error. */
export type MissingKey = "default" | "zero" | "error";

/** What does not change while templates are executed. */
export interface Environment {
  readonly templates: Templates;
  /** The function of that name, if there is one. */
  readonly functionOf: (name: string) => Func | undefined;
  readonly missingKey: MissingKey;
  /** The longest output, and the longest text that a function may make, in UTF-16 units. */
  readonly maxCharacters: number;
}

/** How far an execution has come. */
export interface State {
  readonly environment: Environment;
  readonly budget: Budget;
  /** The name of the template that is executed. */
  readonly template: string;
  /** Where its output goes. */
  readonly output: Output;
  readonly variables: { readonly name: string; value: Value }[];
  /** What is looked at, for messages. */
  node: Node | Body | Command | Operand | undefined;
}

/** What was written. */
export interface Output {
  text: string;
}

/** How deep templates, blocks and parentheses may lie in each other. Go's limit is 100 000 templates. */
const maxDepth = 500;

/** Goes into something that lies in what is done; `state.budget.depth--` leaves it. Throws where that is too deep. */
export function enter(state: State, what: string): void {
  if (state.budget.depth >= maxDepth) throw problem(state, `exceeded maximum ${what} depth (${maxDepth})`);
  state.budget.depth++;
}

/** What is thrown where the template cannot go on, with the place in Go's form. */
export function problem({ node, template }: State, message: string, cause?: unknown): AppError {
  if (node === undefined) return invalid(`template: ${template}: ${message}`, cause);
  const where = `${formatPlace(node)}: executing ${quote(template)} at <${formatNode(node)}>`;
  return invalid(`template: ${shortened(where)}: ${message}`, cause);
}

/** Writes text. Throws resource_exhausted where the output becomes too long. */
export function write({ output, environment }: State, text: string): void {
  if (output.text.length + text.length > environment.maxCharacters) {
    throw exhausted(`the output is longer than ${environment.maxCharacters} characters`);
  }
  output.text += text;
}

/** The value of a variable: the last one that was declared with that name. */
export function variableOf(state: State, name: string): Value {
  return find(state, name).value;
}

/** Gives a variable that is declared another value. */
export function setVariable(state: State, name: string, value: Value): void {
  find(state, name).value = value;
}

function find(state: State, name: string): { value: Value } {
  const { variables, budget } = state;
  for (let index = variables.length - 1; index >= 0; index--) {
    const variable = variables[index];
    if (variable?.name !== name) continue;
    budget.spend(variables.length - index);
    return variable;
  }
  throw problem(state, `undefined variable: ${name}`);
}
