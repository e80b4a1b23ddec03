import { invalid } from "@sightline/errors/app-error";
import { builtins } from "./builtins.ts";
import { executeTemplate } from "./execute.ts";
import type { TemplateFunction } from "./function.ts";
import type { Operand, Pipe, TemplateNode } from "./node.ts";
import { numberFunctions } from "./number-functions.ts";
import { parseTemplate } from "./parser.ts";
import { textFunctions } from "./text-functions.ts";
import { timeFunctions } from "./time-functions.ts";
import { TemplateError } from "./value.ts";

/** What a template may look at besides labels. */
export interface TemplateLine {
  readonly text: string;
  readonly timestampNs: bigint;
}

/** A template that was read. */
export interface Template {
  /** The names of labels that it looks at; null when it may be all of them. */
  readonly labels: ReadonlySet<string> | null;
  /** The label whose value is all that it makes, if it is that simple. */
  readonly onlyLabel: string | null;
  /** Fills it in. Throws TemplateError where an action cannot be carried out. */
  render(line: TemplateLine, labels: Iterable<readonly [string, string]>): string;
}

const lineFunctions = ["__line__", "__timestamp__"];
const functions = new Map([...builtins, ...textFunctions, ...numberFunctions, ...timeFunctions]);

/**
 * Reads a template of `line_format` or `label_format`: Go's `text/template` with the functions that Loki documents.
 * Throws invalid_argument with Go's message: "template: line:1: function \"a\" not defined".
 */
export function compileTemplate(source: string, nowNs: bigint): Template {
  const nodes = parsed(source);
  let current: TemplateLine = { text: "", timestampNs: 0n };
  const ownFunctions = new Map<string, TemplateFunction>([
    ...functions,
    ["__line__", { parameters: [], call: () => current.text }],
    ["__timestamp__", { parameters: [], call: () => ({ epochNs: current.timestampNs, zone: "UTC" }) }],
  ]);
  const [only] = nodes;
  return {
    labels: labelsOf(nodes),
    onlyLabel: only?.type === "action" && nodes.length === 1 ? onlyLabelOf(only.pipe) : null,
    render(line, labels) {
      current = line;
      return executeTemplate(nodes, { functions: ownFunctions, context: { nowNs }, data: new Map(labels) });
    },
  };
}

function parsed(source: string): TemplateNode[] {
  try {
    return parseTemplate(source, (name) => functions.has(name) || lineFunctions.includes(name));
  } catch (thrown) {
    if (thrown instanceof TemplateError) throw invalid(thrown.message, thrown);
    throw thrown;
  }
}

function onlyLabelOf({ commands, variables }: Pipe): string | null {
  const [command] = commands;
  if (command === undefined || commands.length > 1 || variables.length > 0 || command.operands.length > 1) return null;
  const [operand] = command.operands;
  return operand.type === "dot" && operand.fields.length === 1 ? (operand.fields[0] ?? null) : null;
}

/** The labels that are named, or null where all of them are used at once, as by `{{ . }}`. */
function labelsOf(nodes: readonly TemplateNode[]): ReadonlySet<string> | null {
  const names = new Set<string>();
  return nodes.every((node) => collect(node, names, "labels")) ? names : null;
}

/** Collects names; answers false where all labels are used. In `with` and `range` the dot alone is something else. */
function collect(node: TemplateNode, names: Set<string>, dot: "labels" | "other"): boolean {
  switch (node.type) {
    case "action":
      return collectPipe(node.pipe, names, dot);
    case "if":
    case "with":
    case "range": {
      const inner = node.type === "if" ? dot : "other";
      if (!collectPipe(node.pipe, names, dot)) return false;
      return (
        node.body.every((child) => collect(child, names, inner)) &&
        node.otherwise.every((child) => collect(child, names, dot))
      );
    }
    default:
      return true;
  }
}

function collectPipe({ commands }: Pipe, names: Set<string>, dot: "labels" | "other"): boolean {
  return commands.every(({ operands }) => operands.every((operand) => collectOperand(operand, names, dot)));
}

function collectOperand(operand: Operand, names: Set<string>, dot: "labels" | "other"): boolean {
  if (operand.type === "pipe") return collectPipe(operand.pipe, names, dot);
  const isLabels = operand.type === "dot" ? dot === "labels" : operand.type === "variable" && operand.name === "$";
  if (operand.type !== "dot" && operand.type !== "variable") return true;
  const [name] = operand.fields;
  // A field in `with` may be one of the value's; taking it for a label too does no harm.
  if (name !== undefined) names.add(name);
  return name !== undefined || !isLabels;
}
