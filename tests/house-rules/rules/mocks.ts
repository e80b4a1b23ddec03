import { isTypeScript, type Rule } from "../rule.ts";
import { dotted } from "../source-file.ts";

const packages = new Set(["vitest", "jest", "@jest/globals", "sinon", "testdouble", "proxyquire", "nock"]);
const calls = /^(vi|jest|sinon|td)\.|(^|\.)(spyOn|mock\.(fn|method|module|getter|setter|property))$/;

export const mocks: Rule = {
  name: "no mocks, no spies",
  advice: "use a real server of the testkit, or a fake of a one-method interface in ten lines",
  applies: isTypeScript,
  check: (file) =>
    file.nodes
      .filter((node) => {
        if (node.type === "ImportDeclaration") return packages.has(sourceOf(node.fields["source"]));
        return node.type === "CallExpression" && calls.test(dotted(node.fields["callee"]) ?? "");
      })
      .map(file.lineOf),
};

function sourceOf(literal: unknown): string {
  return typeof literal === "object" && literal !== null ? String(Reflect.get(literal, "value")) : "";
}
