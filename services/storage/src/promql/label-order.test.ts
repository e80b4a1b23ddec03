import assert from "node:assert/strict";
import { test } from "node:test";
import { type Labels, labelsOf } from "@sightline/query/promql/labels";
import { inLabelOrder } from "./label-order.ts";

test("labels have one order, whatever they were asked for with before", () => {
  const [a, b, c, d, e]: Labels[] = ["a", "b", "c", "d", "e"].map((value) => labelsOf([["x", value]]));
  assert.ok(a && b && c && d && e);
  const cases: Labels[][] = [[d, b, a], [b, d], [c, e], [e, a], [d, c], [e, d, c, b, a], [b, e, a], []];
  for (const given of cases) {
    const want = given.toSorted((one, other) => ((one[0]?.value ?? "") < (other[0]?.value ?? "") ? -1 : 1));
    assert.deepEqual(inLabelOrder(given), want);
    assert.deepEqual(inLabelOrder(given.toReversed()), want);
  }
});
