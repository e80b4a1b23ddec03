import { isTypeScript, type Rule } from "../rule.ts";

/** `as const` is no cast, and swc gives it a type of its own. */
const castTypes = new Set(["TsAsExpression", "TsTypeAssertion", "TsNonNullExpression"]);

export const casts: Rule = {
  name: "no casts",
  advice: "narrow with a parser, a guard or `satisfies`; a lib may keep one justified cast in unsafe.ts",
  applies: (path) => isTypeScript(path) && !/^libs\/[^/]+\/src\/unsafe\.ts$/.test(path),
  check: (file) => file.nodes.filter((node) => castTypes.has(node.type)).map(file.lineOf),
};
