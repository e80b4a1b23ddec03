import assert from "node:assert/strict";
import { test } from "node:test";
import type { Rule } from "../../api/alert-types.ts";
import { conditionText } from "./condition-text.ts";

const query = { metric: "cpu", matchers: [], windowSeconds: 0, groupBy: [] };

test("a condition reads as a sentence", () => {
  const cases: [Pick<Rule, "metric" | "event">, string][] = [
    [{ metric: { query, comparison: "greater", threshold: 90, forSeconds: 0 } }, "cpu > 90"],
    [
      {
        metric: {
          query: {
            ...query,
            matchers: ["env!=test"],
            function: "rate",
            windowSeconds: 300,
            aggregation: "sum",
            groupBy: ["host"],
          },
          comparison: "less_or_equal",
          threshold: 0.5,
          forSeconds: 300,
        },
      },
      "sum by host of rate(cpu{env!=test} over 5 min) ≤ 0.5 for 5 min",
    ],
    [
      {
        event: {
          expression: "event_type == 'x'",
          thresholdCount: 3,
          thresholdWindowSeconds: 0,
          groupBy: ["target"],
          resolveExpression: "",
        },
      },
      "event_type == 'x', 3 times in 5 min by target",
    ],
    [{}, "no condition"],
  ];
  for (const [rule, want] of cases) assert.equal(conditionText(rule), want);
});
