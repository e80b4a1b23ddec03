import assert from "node:assert/strict";
import { test } from "node:test";
import { groupYaml, namespacesYaml } from "./group-yaml.ts";

const source = `groups:
  - name: a # the first
    limit: 5
    rules:
      - alert: A
        expr: up == 0
        annotations:
          text: |
            one

              two
  - { name: b, rules: [{ record: r, expr: x }] }
`;

test("a namespace is a file with its groups", () => {
  assert.equal(
    namespacesYaml([
      { name: "team/a: b", source },
      { name: "empty", source: "groups: []" },
    ]),
    `"team/a: b":
  - name: a
    limit: 5
    rules:
      - alert: A
        expr: up == 0
        annotations:
          text: |
            one

              two
  - name: b
    rules:
      - record: r
        expr: x
"empty": []
`,
  );
});

test("one group stands by itself", () => {
  assert.match(
    groupYaml(source, "a") ?? "",
    /^name: a\nlimit: 5\nrules:\n {2}- alert: A\n[\s\S]* {6}text: \|\n {8}one\n\n {10}two\n$/,
  );
  assert.equal(groupYaml(source, "b"), "name: b\nrules:\n  - record: r\n    expr: x\n");
  assert.equal(groupYaml(source, "c"), undefined);
});
