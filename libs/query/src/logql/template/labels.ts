import type { Node, Operand, Pipe } from "@sightline/gotemplate/parse/node";

/** The label that is all that a template of these nodes makes, if it is that simple. */
export function onlyLabelOf(nodes: readonly Node[]): string | null {
  const [only] = nodes;
  if (only?.kind !== "action" || nodes.length > 1 || only.pipe.variables.length > 0) return null;
  const [command] = only.pipe.commands;
  if (command === undefined || only.pipe.commands.length > 1 || command.args.length > 1) return null;
  const [operand] = command.args;
  return operand.kind === "field" && operand.names.length === 1 ? (operand.names[0] ?? null) : null;
}

/** The labels that a template of these nodes names, or null where it may use all of them at once, as by `{{ . }}`. */
export function labelsOf(nodes: readonly Node[]): ReadonlySet<string> | null {
  const names = new Set<string>();
  return nodes.every((node) => collect(node, names, "labels")) ? names : null;
}

/** Collects names; answers false where all labels are used. In `with` and `range` the dot alone is something else. */
function collect(node: Node, names: Set<string>, dot: "labels" | "other"): boolean {
  switch (node.kind) {
    case "action":
      return collectPipe(node.pipe, names, dot);
    case "if":
    case "with":
    case "range": {
      const inner = node.kind === "if" ? dot : "other";
      return (
        collectPipe(node.pipe, names, dot) &&
        node.body.nodes.every((child) => collect(child, names, inner)) &&
        (node.otherwise?.nodes ?? []).every((child) => collect(child, names, dot))
      );
    }
    case "template":
      // What it is given is all that a template that is called can see.
      return node.pipe === undefined || collectPipe(node.pipe, names, dot);
    default:
      return true;
  }
}

function collectPipe({ commands }: Pipe, names: Set<string>, dot: "labels" | "other"): boolean {
  return commands.every(({ args }) => args.every((operand) => collectOperand(operand, names, dot)));
}

function collectOperand(operand: Operand, names: Set<string>, dot: "labels" | "other"): boolean {
  switch (operand.kind) {
    case "pipe":
      return collectPipe(operand, names, dot);
    case "chain":
      return collectOperand(operand.node, names, dot);
    case "dot":
      return dot !== "labels";
    case "field":
    case "variable": {
      const [name] = operand.names;
      // A field in `with`, or of another variable, may be one of a value's; taking it for a label too does no harm.
      if (name !== undefined) names.add(name);
      return name !== undefined || operand.kind === "field" || operand.name !== "$";
    }
    default:
      return true;
  }
}
