// After text/template/exec.go of Go 1.26: walks a template and writes what it gives.
import { invalid } from "@sightline/errors/app-error";
import { quote } from "@sightline/gotext/quote";
import { stepUnits } from "../budget.ts";
import { formatNode } from "../parse/format-node.ts";
import type { Action, Body, Branch, Node, TemplateCall } from "../parse/node.ts";
import { printValue } from "../print/print.ts";
import { baseOf, isTrue, pointedTo, sortedEntries, typeName, type Value } from "../value.ts";
import { evaluatePipe } from "./evaluate.ts";
import { type Environment, inside, problem, type State, setVariable, write } from "./state.ts";

/**
 * Executes a template with data. Throws invalid_argument with Go's message where it cannot go on, resource_exhausted where it comes to a
 * limit of its environment.
 */
export function executeTemplate(environment: Environment, name: string, data: Value): string {
  const body = environment.templates.get(name);
  if (body === undefined) throw invalid(`template: no template ${quote(name)} associated with template ""`);
  const output = { text: "" };
  const variables = [{ name: "$", value: data }];
  walkBody({ environment, template: name, output, variables, node: undefined }, data, body);
  // A text that was cut within a character has halves of it, which no reader can read.
  return output.text.toWellFormed();
}

/** What comes after a node: the next one, or the end of the round or of the loop. */
type Flow = "next" | "break" | "continue";

function walkBody(state: State, dot: Value, { nodes }: Body): Flow {
  for (const node of nodes) {
    const flow = walk(state, dot, node);
    if (flow !== "next") return flow;
  }
  return "next";
}

function walk(state: State, dot: Value, node: Node): Flow {
  state.node = node;
  state.environment.budget.spend(stepUnits);
  switch (node.kind) {
    case "text":
      write(state, node.text);
      return "next";
    case "action":
      return walkAction(state, dot, node);
    case "if":
    case "with":
      return inside(state, "template", () => walkCondition(state, dot, node));
    case "range":
      return inside(state, "template", () => walkRange(state, dot, node));
    case "template":
      return inside(state, "template", () => walkTemplate(state, dot, node));
    default:
      return node.kind;
  }
}

function walkAction(state: State, dot: Value, node: Action): Flow {
  const value = evaluatePipe(state, dot, node.pipe);
  if (node.pipe.variables.length > 0) return "next";
  state.node = node;
  if (typeof value === "object" && value?.kind === "func") {
    throw problem(state, `can't print ${formatNode(node)} of type ${typeName(value)}`);
  }
  write(state, value === null ? "<no value>" : printed(state, pointedTo(value)));
  return "next";
}

function printed(state: State, value: Value): string {
  try {
    return printValue(value, state.environment.budget);
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "invalid_argument") {
      throw problem(state, thrown.message, thrown);
    }
    throw thrown;
  }
}

function walkCondition(state: State, dot: Value, node: Branch): Flow {
  const mark = state.variables.length;
  const value = evaluatePipe(state, dot, node.pipe);
  const isChosen = isTrue(value);
  const body = isChosen ? node.body : node.otherwise;
  const flow = body === undefined ? "next" : walkBody(state, isChosen && node.kind === "with" ? value : dot, body);
  state.variables.length = mark;
  return flow;
}

function walkRange(state: State, dot: Value, node: Branch): Flow {
  const mark = state.variables.length;
  const value = evaluatePipe(state, dot, node.pipe);
  const inner = state.variables.length;
  let isEmpty = true;
  for (const [key, item] of rounds(state, value, node)) {
    isEmpty = false;
    state.environment.budget.spend(stepUnits);
    setRangeVariables(state, node, [key, item]);
    const flow = walkBody(state, item, node.body);
    state.variables.length = inner;
    if (flow === "break") break;
  }
  let flow: Flow = "next";
  if (isEmpty && node.otherwise !== undefined) flow = walkBody(state, dot, node.otherwise);
  state.variables.length = mark;
  return flow;
}

function setRangeVariables(state: State, { pipe }: Branch, [key, item]: readonly [Value, Value]): void {
  const values = pipe.variables.length > 1 ? [key, item] : [item];
  for (const [index, { name }] of pipe.variables.entries()) {
    const value = values[index] ?? null;
    const variable = state.variables.at(index - pipe.variables.length);
    if (pipe.isAssignment) setVariable(state, name, value);
    else if (variable !== undefined) variable.value = value;
  }
}

function* rounds(state: State, value: Value, { pipe }: Branch): Generator<readonly [Value, Value]> {
  const base = baseOf(value);
  if (base === null) return;
  if (typeof base === "bigint") {
    if (pipe.variables.length > 1) {
      throw problem(state, `can't use ${base} to iterate over more than one variable`);
    }
    for (let number = 0n; number < base; number++) yield [null, number];
  } else if (typeof base === "object" && base.kind === "list") {
    for (const [index, item] of base.items.entries()) yield [BigInt(index), item];
  } else if (typeof base === "object" && base.kind === "dict") {
    yield* sortedEntries(base);
  } else {
    throw problem(state, `range can't iterate over ${printed(state, value)}`);
  }
}

function walkTemplate(state: State, dot: Value, node: TemplateCall): Flow {
  const { environment, output } = state;
  const body = environment.templates.get(node.name);
  if (body === undefined) throw problem(state, `template ${quote(node.name)} not defined`);
  const data = evaluatePipe(state, dot, node.pipe);
  const variables = [{ name: "$", value: data }];
  walkBody({ environment, template: node.name, output, variables, node: undefined }, data, body);
  return "next";
}
