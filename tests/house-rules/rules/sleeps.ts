import type { Rule } from "../rule.ts";
import { dotted, type Node, nodesIn } from "../source-file.ts";

export const sleeps: Rule = {
  name: "tests do not sleep",
  advice: "wait for the condition with `eventually`",
  applies: (path) => /\.test\.tsx?$/.test(path),
  check: (file) => file.nodes.filter((node) => importsPause(node) || promisesTimeout(node)).map(file.lineOf),
};

/** `import { setTimeout } from "node:timers/promises"`, under whatever name. */
function importsPause(node: Node): boolean {
  if (node.type !== "ImportDeclaration") return false;
  const source = nodesIn(node.fields["source"]).map((literal) => literal.fields["value"]);
  const names = nodesIn(node.fields["specifiers"]).map((inner) => inner.fields["value"]);
  return source.includes("node:timers/promises") && names.includes("setTimeout");
}

/** `new Promise((resolve) => setTimeout(resolve, 100))` */
function promisesTimeout(node: Node): boolean {
  if (node.type !== "NewExpression" || dotted(node.fields["callee"]) !== "Promise") return false;
  const [executor] = nodesIn(node.fields["arguments"]);
  if (executor?.type !== "ArrowFunctionExpression") return false;
  const parameters = nodesIn(executor.fields["params"]).map((parameter) => parameter.fields["value"]);
  return nodesIn(executor.fields["body"]).some((inner) => {
    if (inner.type !== "CallExpression" || dotted(inner.fields["callee"]) !== "setTimeout") return false;
    const [callback] = nodesIn(inner.fields["arguments"]);
    return callback?.type === "Identifier" && parameters.includes(callback.fields["value"]);
  });
}
