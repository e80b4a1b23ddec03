import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";
import { planOf } from "./plan.ts";

const root = resolve(import.meta.dirname, "../..");
const filesOf = (args: string[]) => planOf(root, args).groups.flatMap((group) => [...group.files, ...group.alone]);

test("without arguments everything runs, each file once", () => {
  const files = filesOf([]);
  assert.equal(planOf(root, []).checks, true);
  assert.ok(files.includes("tests/runner/plan.test.ts"));
  assert.ok(files.includes("libs/testkit/src/leak-check.test.ts"));
  assert.equal(new Set(files).size, files.length);
  assert.ok(files.every((file) => !file.includes("node_modules")));
});

test("a group, a path, a folder and a pattern choose", () => {
  assert.deepEqual(filesOf(["check"]), []);
  assert.ok(filesOf(["unit"]).length > 10);
  assert.deepEqual(filesOf(["tests/runner/plan.test.ts"]), ["tests/runner/plan.test.ts"]);
  assert.ok(filesOf(["libs/testkit"]).every((file) => file.startsWith("libs/testkit/")));
  assert.deepEqual(filesOf(["**/runner/plan.test.ts"]), ["tests/runner/plan.test.ts"]);
});

test("what takes longest begins first, and what measures time runs by itself", () => {
  const e2e = planOf(root, []).groups.find(({ name }) => name === "e2e");
  assert.equal(e2e?.files[0], "tests/e2e/backup.test.ts");
  const measuring = "tests/e2e/rule-evaluation.test.ts";
  assert.deepEqual(e2e.alone, [measuring]);
  assert.ok(!e2e.files.includes(measuring));
  const chosen = planOf(root, [measuring]).groups.flatMap(({ files, alone }) => [files, alone]);
  assert.deepEqual(chosen.flat(), [measuring]);
});

test("an argument that names nothing is an error", () => {
  assert.throws(() => planOf(root, ["libs/nothing"]), /cannot run libs\/nothing: .* want check, unit, /);
});
