import { isTypeScript, type Rule } from "../rule.ts";

export const barrels: Rule = {
  name: "no barrels",
  advice: "import the file that has the thing; package.json exports name the public files",
  applies: isTypeScript,
  check: (file) =>
    file.nodes
      .filter(
        (node) =>
          node.type === "ExportAllDeclaration" ||
          (node.type === "ExportNamedDeclaration" && node.fields["source"] !== null),
      )
      .map(file.lineOf),
};
