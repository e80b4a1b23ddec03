import assert from "node:assert/strict";
import { test } from "node:test";
import { rules, violationsOf } from "./house-rules.ts";

interface Example {
  readonly rule: string;
  /** What breaks the rule: path and text, and the line it breaks it on. */
  readonly bad: readonly (readonly [path: string, text: string, line?: number])[];
  /** What looks alike and is fine. */
  readonly good: readonly (readonly [path: string, text: string])[];
}

const lib = "libs/x/src/y.ts";
const libTest = "libs/x/src/y.test.ts";

const examples: readonly Example[] = [
  {
    rule: "no barrels",
    bad: [
      [lib, 'export * from "./a.ts";'],
      [lib, 'const a = 1;\nexport { b } from "./b.ts";', 2],
    ],
    good: [[lib, "const a = 1;\nexport { a };\nexport const b = 2;"]],
  },
  {
    rule: "no casts",
    bad: [
      [lib, "const a = b as string;"],
      [lib, "\n\nconst a = b as unknown as string;", 3],
      [lib, "const a = <string>b;"],
      [lib, "const a = b!;"],
      ["services/x/src/y.tsx", "const a = <p>{b as string}</p>;"],
    ],
    good: [
      [lib, 'import { a as b } from "./a.ts";\nconst c = "x as y" as const;\nexport { c as d };'],
      [lib, "const a = b satisfies string;"],
      ["libs/x/src/unsafe.ts", "const a = b as string;"],
    ],
  },
  {
    rule: "clock and chance are arguments",
    bad: [
      [lib, "const a = Date.now();"],
      [lib, "function f() {\n  return Math.random();\n}", 2],
      [lib, "const a = new Date();"],
      ["services/x/src/alerts/y.ts", "const a = Date.now();"],
    ],
    good: [
      [lib, "const clock = Date.now;\nconst a = new Date(clock());"],
      [libTest, "const a = Date.now();"],
      ["services/x/src/app.ts", "const a = Date.now();"],
      ["libs/service/src/loop.ts", "const a = Date.now();"],
    ],
  },
  {
    rule: "process.env is read in libs/service only",
    bad: [
      [lib, 'const a = process.env["A"];'],
      ["services/x/src/app.ts", "const a = process.env.A;"],
    ],
    good: [
      ["libs/service/src/run.ts", "const a = process.env;"],
      ["deploy/local/src/up.ts", "const a = process.env;"],
      [libTest, "const a = process.env;"],
      [lib, "const a = process.argv;"],
    ],
  },
  {
    rule: "a file has at most 400 lines",
    bad: [[lib, "// line\n".repeat(401), 401]],
    good: [[lib, "// line\n".repeat(400)]],
  },
  {
    rule: "no mocks, no spies",
    bad: [
      [libTest, 'vi.mock("./a.ts");'],
      [libTest, 'jest.spyOn(a, "b");'],
      [libTest, "test('x', (t) => t.mock.method(a, 'b'));"],
      [libTest, 'import sinon from "sinon";'],
    ],
    good: [[libTest, "const mocks = [];\nmocks.push(1);"]],
  },
  {
    rule: "names say what is inside",
    bad: [
      ["libs/x/src/utils.ts", ""],
      ["libs/x/src/helpers/a.ts", ""],
      ["libs/common/src/a.ts", ""],
      ["services/x/src/session-manager.ts", ""],
      ["services/x/src/store-impl.ts", ""],
      ["services/x/src/base-store.ts", ""],
      ["services/x/src/SessionStore.ts", ""],
    ],
    good: [
      ["libs/x/src/manage-sessions.ts", ""],
      ["libs/x/src/y.test.ts", ""],
      ["libs/x/migrations/0001_tenancy.sql", ""],
    ],
  },
  {
    rule: "no test runs alone",
    bad: [
      [libTest, 'test.only("x", () => {});'],
      [libTest, '\ndescribe("x", { only: true }, () => {});', 2],
    ],
    good: [[libTest, 'test("only", () => {});']],
  },
  {
    rule: "tests do not sleep",
    bad: [
      [libTest, 'import { setTimeout as sleep } from "node:timers/promises";'],
      [libTest, "await new Promise((resolve) => setTimeout(resolve, 100));"],
      [libTest, "await new Promise((r) => { setTimeout(r, 100); });"],
    ],
    good: [
      [libTest, "await new Promise((resolve) => server.listen(0, resolve));"],
      [
        libTest,
        "// house-rules-ignore tests do not sleep: the job is to take a while\nawait new Promise((r) => setTimeout(r, 1));",
      ],
      [libTest, 'import { setImmediate as turn } from "node:timers/promises";'],
      [lib, 'import { setTimeout } from "node:timers/promises";'],
    ],
  },
  {
    rule: "SQL is in .sql files",
    bad: [
      [lib, 'const a = "SELECT a FROM b";'],
      [lib, "const a = `\n  INSERT INTO a VALUES (1)`;"],
      [lib, "const a = `CREATE TABLE a (b int)`;"],
      [lib, 'const a = "DELETE FROM a";'],
      [lib, 'const a = "UPDATE a SET b = 1";'],
    ],
    good: [
      [lib, 'const a = "SELECT 1";\nconst b = "cannot select from here";'],
      [libTest, 'const a = "SELECT a FROM b";'],
      ["deploy/local/src/clickhouse/engine.ts", 'const a = "SELECT a FROM b";'],
    ],
  },
  {
    rule: "nothing is left for later",
    bad: [
      [lib, `const a = 1; // ${"TO" + "DO"}: later`],
      ["libs/x/src/sql/a.sql", `-- ${"FIX" + "ME"}`],
    ],
    good: [[lib, "// Todos of the user are kept."]],
  },
];

test("every rule has examples", () => {
  assert.deepEqual(examples.map((example) => example.rule).sort(), rules.map((rule) => rule.name).sort());
});

for (const { rule, bad, good } of examples) {
  test(`finds what breaks the rule: ${rule}`, () => {
    for (const [path, text, line = undefined] of bad) {
      const found = violationsOf(path, text).filter((violation) => violation.includes(`: ${rule};`));
      assert.ok(found.length > 0, `${path}: ${text.slice(0, 80)}`);
      if (line !== undefined) assert.ok(found[0]?.startsWith(`${path}:${line}:`), found[0]);
    }
  });
  test(`finds nothing in what keeps the rule: ${rule}`, () => {
    for (const [path, text] of good) assert.deepEqual(violationsOf(path, text), []);
  });
}
