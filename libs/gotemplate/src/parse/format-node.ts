import { quote } from "@sightline/gotext/quote";
import type { Body, Command, Node, Operand, Pipe, Placed } from "./node.ts";

/** A node as Go's messages show it: written again, with single spaces and long words. */
export function formatNode(node: Node | Body | Command | Operand): string {
  switch (node.kind) {
    case "text":
      return node.text;
    case "action":
      return `{{${formatPipe(node.pipe)}}}`;
    case "if":
    case "with":
    case "range": {
      const otherwise = node.otherwise === undefined ? "" : `{{else}}${formatNode(node.otherwise)}`;
      return `{{${node.kind} ${formatPipe(node.pipe)}}}${formatNode(node.body)}${otherwise}{{end}}`;
    }
    case "template":
      return `{{template ${quote(node.name)}${node.pipe === undefined ? "" : ` ${formatPipe(node.pipe)}`}}}`;
    case "break":
    case "continue":
      return `{{${node.kind}}}`;
    case "body":
      return node.nodes.map(formatNode).join("");
    case "command":
      return node.args.map(formatArgument).join(" ");
    default:
      return formatOperand(node);
  }
}

function formatOperand(operand: Operand): string {
  switch (operand.kind) {
    case "field":
      return operand.names.map((name) => `.${name}`).join("");
    case "chain":
      return formatArgument(operand.node) + operand.names.map((name) => `.${name}`).join("");
    case "identifier":
      return operand.name;
    case "variable":
      return [operand.name, ...operand.names].join(".");
    case "dot":
      return ".";
    case "nil":
      return "nil";
    case "bool":
      return String(operand.value);
    case "number":
      return operand.text;
    case "string":
      return operand.quoted;
    default:
      return formatPipe(operand);
  }
}

function formatArgument(operand: Operand): string {
  return operand.kind === "pipe" ? `(${formatPipe(operand)})` : formatOperand(operand);
}

function formatPipe({ variables, isAssignment, commands }: Pipe): string {
  const names = variables.map(formatOperand).join(", ");
  const declaration = variables.length === 0 ? "" : `${names} ${isAssignment ? "=" : ":="} `;
  return declaration + commands.map(formatNode).join(" | ");
}

/** A place as `name:line:column`, the column in bytes from 0, as Go counts them. */
export function formatPlace({ source, at }: Placed): string {
  const before = source.text.slice(0, at);
  const lineStart = before.lastIndexOf("\n") + 1;
  return `${source.name}:${before.split("\n").length}:${Buffer.byteLength(before.slice(lineStart))}`;
}
