import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { parseRuleFile } from "../file/parse-rule-file.ts";
import { parseUnitTestFile } from "../unit-test/parse-unit-test-file.ts";
import { runUnitTests } from "../unit-test/run-unit-tests.ts";
import { PACKS } from "./packs.ts";

test("every folder is a pack", () => {
  const folders = readdirSync(new URL(".", import.meta.url), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  assert.deepEqual(PACKS.map(({ name }) => name).sort(), folders.map(({ name }) => name).sort());
});

for (const { name, rules, tests } of PACKS) {
  describe(`the pack ${name}`, () => {
    const { file, problems } = parseRuleFile(rules);
    const unitTests = parseUnitTestFile(tests);

    test("is a rule file without problems, each alert of which says what it is and what to do", () => {
      assert.deepEqual(problems, []);
      for (const rule of file.groups.flatMap((group) => group.rules)) {
        assert.ok(rule.kind === "alerting", rule.name);
        assert.deepEqual(Object.keys(rule.annotations), ["summary", "description", "runbook"], rule.name);
        const isKnown = ["critical", "warning", "info"].includes(rule.labels["severity"] ?? "");
        assert.ok(isKnown, `${rule.name} has a severity`);
      }
    });

    test("passes its unit tests", async () => {
      assert.deepEqual(unitTests.problems, []);
      const { signal } = new AbortController();
      const results = await runUnitTests(unitTests.file, { groups: file.groups, signal });
      assert.deepEqual(
        results.flatMap(({ failures }) => failures),
        [],
      );
    });

    test("has each alert fire in a test, and not fire in one", () => {
      const wanted = unitTests.file.tests.flatMap(({ alertTests }) => alertTests);
      for (const { name: alert } of file.groups.flatMap((group) => group.rules)) {
        const own = wanted.filter(({ alertName }) => alertName === alert);
        assert.ok(
          own.some(({ expected }) => expected.length > 0),
          `${alert} fires`,
        );
        assert.ok(
          own.some(({ expected }) => expected.length === 0),
          `${alert} does not fire`,
        );
      }
    });
  });
}
