import assert from "node:assert/strict";
import { test } from "node:test";
import type { LabelMatcher } from "@sightline/query/promql/ast";
import type { SeriesBlock, SeriesQuestion } from "./read-series.ts";
import { createSeriesAnswers } from "./series-answers.ts";

function question(metric: string, matchers: readonly LabelMatcher[] = [], tenant = "default"): SeriesQuestion {
  return { matchers, params: { metrics: [metric] }, context: { tenant, signal: AbortSignal.timeout(60_000) } };
}

function answer(...fingerprints: readonly bigint[]): SeriesBlock {
  const resource = { serviceNamespace: "", serviceName: "", serviceInstance: "" };
  const one = { metric: "up", type: "gauge", isDelta: false, attributes: new Map<string, string>(), ...resource };
  return { fingerprints: BigUint64Array.from(fingerprints), series: fingerprints.map(() => one) };
}

const onJob = (value: string): LabelMatcher => ({ name: "job", operator: "=", value });

test("an answer is the last one where it has the same series, and only then", () => {
  const answers = createSeriesAnswers(100);
  const last = answer(1n, 2n);
  answers.remember(question("up"), last);
  assert.equal(answers.same(question("up"), BigUint64Array.of(1n, 2n)), last);
  assert.equal(answers.same(question("up"), BigUint64Array.of(1n, 3n)), undefined, "another series");
  assert.equal(answers.same(question("up"), BigUint64Array.of(1n, 2n, 3n)), undefined, "one more");
  assert.equal(answers.same(question("down"), BigUint64Array.of(1n, 2n)), undefined, "another metric");
});

test("other conditions and other tenants are other questions", () => {
  const answers = createSeriesAnswers(100);
  const same = BigUint64Array.of(1n);
  answers.remember(question("up", [onJob("a")]), answer(1n));
  answers.remember(question("up", [], "other"), answer(1n));
  assert.equal(answers.same(question("up", [onJob("b")]), same), undefined);
  assert.equal(answers.same(question("up"), same), undefined);
  answers.forget("other");
  assert.equal(answers.same(question("up", [], "other"), same), undefined);
  assert.notEqual(answers.same(question("up", [onJob("a")]), same), undefined);
});

test("what was asked for longest ago is forgotten first", () => {
  const answers = createSeriesAnswers(5);
  const same = BigUint64Array.of(1n);
  for (const metric of ["a", "b"]) answers.remember(question(metric), answer(1n));
  assert.notEqual(answers.same(question("a"), same), undefined);
  answers.remember(question("c"), answer(1n));
  assert.equal(answers.same(question("b"), same), undefined);
  assert.notEqual(answers.same(question("a"), same), undefined);
  answers.remember(question("d"), answer(1n, 2n, 3n, 4n, 5n));
  assert.deepEqual(
    ["a", "c"].map((metric) => answers.same(question(metric), same)),
    [undefined, undefined],
  );
});
