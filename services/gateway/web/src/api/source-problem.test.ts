import assert from "node:assert/strict";
import { test } from "node:test";
import { problemsOf } from "./source-problem.ts";

test("an error is read as problems at their places", () => {
  const cases: [string, string[]][] = [
    [
      'cannot read the configuration of Alertmanager: 7:17: undefined receiver "x" used in route\n9:3: time 10:30: odd',
      ['7:17 undefined receiver "x" used in route', "9:3 time 10:30: odd"],
    ],
    ["cannot keep it: it is too long", ["0:0 cannot keep it: it is too long"]],
  ];
  for (const [message, want] of cases) {
    assert.deepEqual(
      problemsOf(message).map((problem) => `${problem.line}:${problem.column} ${problem.message}`),
      want,
    );
  }
});
