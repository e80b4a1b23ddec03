import assert from "node:assert/strict";
import { test } from "node:test";
import { withGroup, withoutGroup } from "./edit-groups.ts";

const file = `# Of the team.
groups:
  - name: a # the first
    rules:
      - record: r
        expr: sum(x) # a very long line that is not folded, whatever the width of the page may be: sum(x) + sum(y) + sum(z)
        labels: { code: 0123, one: "1" }
  - name: b
    rules: []
`;

test("a group takes the place of the one of its name, and nothing else changes", () => {
  const edited = withGroup(file, "name: b\nlimit: 5\nrules:\n  - alert: A\n    expr: up == 0\n    for: 5m\n");
  const [before = ""] = file.split("  - name: b");
  assert.equal(
    edited,
    `${before}  - name: b\n    limit: 5\n    rules:\n      - alert: A\n        expr: up == 0\n        for: 5m\n`,
  );
});

test("a group comes behind the others, and may be the first", () => {
  assert.equal(withGroup(file, "name: c\nrules: []\n"), `${file}  - name: c\n    rules: []\n`);
  for (const empty of [undefined, "", "groups:\n", "groups: []\n"]) {
    assert.equal(withGroup(empty, "name: c\nrules: []\n"), "groups:\n  - name: c\n    rules: []\n", empty);
  }
});

test("a group goes, and the file with its last one", () => {
  const one = withoutGroup(file, "b");
  assert.equal(one, file.slice(0, file.indexOf("  - name: b")));
  assert.equal(withoutGroup(one ?? "", "a"), undefined);
  assert.throws(() => withoutGroup(file, "c"), { code: "not_found", message: /cannot find the group "c"/ });
});

test("what is no group is refused", () => {
  for (const text of ["", "- name: a\n", "rules: []\n", "name: [a\n", "name: ''\n"]) {
    assert.throws(() => withGroup(file, text), { code: "invalid_argument" }, text);
  }
  assert.throws(() => withGroup("groups: { a: b }\n", "name: c\n"), { code: "failed_precondition" });
});

test("an alias has to mean something before and after", () => {
  const withAlias = "groups:\n  - name: a\n    labels: &team { team: x }\n  - name: b\n    labels: *team\n";
  assert.match(withGroup(withAlias, "name: c\nrules: []\n"), /labels: \*team/);
  assert.throws(() => withGroup(file, "name: c\nlabels: *team\n"), { code: "invalid_argument", message: /alias/ });
  for (const change of [() => withoutGroup(withAlias, "a"), () => withGroup(withAlias, "name: a\nrules: []\n")]) {
    assert.throws(change, { code: "failed_precondition", message: /alias/ });
  }
});
