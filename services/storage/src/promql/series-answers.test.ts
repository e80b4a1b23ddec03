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
  const isKnown = (metric: string) => answers.same(question(metric), same) !== undefined;
  for (const metric of ["a", "b"]) answers.remember(question(metric), answer(1n));
  assert.ok(isKnown("a"));
  answers.remember(question("c"), answer(1n));
  assert.deepEqual(["b", "a", "c"].map(isKnown), [false, true, true]);
});

test("an answer that would take the place of most others is not remembered", () => {
  const answers = createSeriesAnswers(100);
  const [small, large] = [answer(1n), answer(...Array.from({ length: 60 }, (_, at) => BigInt(at)))];
  answers.remember(question("small"), small);
  answers.remember(question("large"), large);
  assert.equal(answers.same(question("large"), large.fingerprints), undefined);
  assert.equal(answers.same(question("small"), small.fingerprints), small);
});

test("a long question takes the place of many answers, though there is nothing in its own", () => {
  const answers = createSeriesAnswers(100);
  const nothing = answer();
  const long = (at: number) => question("up", [onJob(`${at}`.repeat(1280))]);
  for (let at = 1; at <= 5; at++) answers.remember(long(at), nothing);
  const known = [1, 2, 3, 4, 5].filter((at) => answers.same(long(at), nothing.fingerprints) !== undefined);
  assert.deepEqual(known, [2, 3, 4, 5].slice(-known.length));
  assert.equal(known.length, 4);
});
