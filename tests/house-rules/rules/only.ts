import { isTypeScript, type Rule } from "../rule.ts";
import { dotted } from "../source-file.ts";

const calls = /^(test|it|describe|suite|t)\.only$/;

export const only: Rule = {
  name: "no test runs alone",
  advice: "remove .only: the other tests of the file are skipped without a word",
  applies: isTypeScript,
  check: (file) =>
    file.nodes
      .filter((node) => {
        if (node.type === "CallExpression") return calls.test(dotted(node.fields["callee"]) ?? "");
        return (
          node.type === "KeyValueProperty" && dotted(node.fields["key"]) === "only" && /\.test\.ts$/.test(file.path)
        );
      })
      .map(file.lineOf),
};
