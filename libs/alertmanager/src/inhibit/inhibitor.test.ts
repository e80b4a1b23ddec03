// Cases of Alertmanager's own tables (Apache-2.0), inhibit/inhibit_test.go of v0.34.2, and what it says in words.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fingerprintOf } from "../fingerprint.ts";
import { parseMatchers } from "../matcher/parse-matchers.ts";
import type { Labels } from "../notification.ts";
import { createInhibitor, type Inhibitor, type InhibitRule } from "./inhibitor.ts";

const nowMs = 1_700_000_000_000;
const hourMs = 3_600_000;

function ruleOf(source: string, target: string, equal: readonly string[]): InhibitRule {
  return {
    name: "",
    sourceMatchers: parseMatchers(source).matchers,
    targetMatchers: parseMatchers(target).matchers,
    equal,
  };
}

function inhibitorOf(rules: readonly InhibitRule[], sources: readonly (readonly [Labels, number])[]): Inhibitor {
  const inhibitor = createInhibitor(rules);
  for (const [labels, endsAtMs] of sources) inhibitor.set({ fingerprint: fingerprintOf(labels), labels, endsAtMs });
  return inhibitor;
}

const active = nowMs + hourMs;
const resolved = nowMs - 1000;

describe("a source alert", () => {
  interface Case {
    readonly name: string;
    readonly rule: InhibitRule;
    readonly sources: readonly (readonly [Labels, number])[];
    readonly target: Labels;
    readonly isInhibited: boolean;
  }
  const cases: Case[] = [
    { name: "is needed", rule: ruleOf("", "", []), sources: [], target: { a: "b" }, isInhibited: false },
    {
      name: "is any, where no labels have to be equal",
      rule: ruleOf("", "a=b", []),
      sources: [[{}, active]],
      target: { a: "b" },
      isInhibited: true,
    },
    {
      name: "is none once it is resolved",
      rule: ruleOf("s=1", "t=1", ["a", "b"]),
      sources: [
        [{ s: "1", a: "b", b: "f" }, resolved],
        [{ s: "1", a: "b", b: "c" }, resolved],
      ],
      target: { t: "1", a: "b", b: "c" },
      isInhibited: false,
    },
    {
      name: "is the one beside others that are resolved",
      rule: ruleOf("s=1", "t=1", ["a"]),
      sources: [
        [{ s: "1", a: "b", c: "d" }, resolved],
        [{ s: "1", a: "b", c: "f" }, active],
      ],
      target: { t: "1", a: "b" },
      isInhibited: true,
    },
    {
      name: "has to have equal labels",
      rule: ruleOf("s=1", "t=1", ["a"]),
      sources: [[{ s: "1", a: "c", c: "d" }, active]],
      target: { t: "1", a: "b" },
      isInhibited: false,
    },
    {
      name: "that is no target keeps back one that is both, beside another that is both",
      rule: ruleOf("s=1", "t=1", ["e"]),
      sources: [
        [{ s: "1", e: "1" }, active],
        [{ s: "1", t: "1", e: "1" }, active + hourMs],
      ],
      target: { s: "1", t: "1", e: "1" },
      isInhibited: true,
    },
    {
      name: "that is also a target keeps back none that is both",
      rule: ruleOf("s=1", "t=1", ["e"]),
      sources: [[{ s: "1", t: "1", e: "1", x: "2" }, active]],
      target: { s: "1", t: "1", e: "1" },
      isInhibited: false,
    },
    {
      name: "without a label is equal to a target whose label is empty",
      rule: ruleOf("s=1", "t=1", ["e"]),
      sources: [[{ s: "1" }, active]],
      target: { t: "1", e: "" },
      isInhibited: true,
    },
    {
      name: "is not mistaken for another by how its values are put together",
      rule: ruleOf("s=1", "t=1", ["a", "b"]),
      sources: [[{ s: "1", a: "x1:y", b: "" }, active]],
      target: { t: "1", a: "x", b: "y" },
      isInhibited: false,
    },
  ];
  for (const { name, rule, sources, target, isInhibited } of cases) {
    it(name, () => assert.equal(inhibitorOf([rule], sources).inhibitionOf(target, nowMs) !== undefined, isInhibited));
  }
});

describe("two rules", () => {
  const sources = [
    [{ s1: "1", t1: "2", e: "1" }, active],
    [{ s2: "1", t2: "1", e: "1" }, active],
  ] as const;
  const byEquality = [ruleOf("s1=1", "t1=1", ["e"]), ruleOf("s2=1", "t2=1", ["e"])];
  const byDifference = [ruleOf("s1=1", "t1!=1", ["e"]), ruleOf("s2=1", "t2=1", ["e"])];

  const cases: [target: Labels, whereEqual: boolean, whereDifferent: boolean][] = [
    [{ t1: "1", e: "1" }, true, false],
    [{ t2: "1", e: "1" }, true, true],
    [{ t1: "1", t3: "1", e: "1" }, true, false],
    [{ t1: "1", t2: "1", e: "1" }, true, true],
    [{ t1: "0", e: "1" }, false, true],
    [{ s1: "1", t1: "1", e: "1" }, true, false],
    [{ s2: "1", t2: "1", e: "1" }, false, true],
    [{ t1: "1", e: "0" }, false, false],
  ];
  for (const [target, whereEqual, whereDifferent] of cases) {
    it(JSON.stringify(target), () => {
      assert.equal(inhibitorOf(byEquality, sources).inhibitionOf(target, nowMs) !== undefined, whereEqual);
      assert.equal(inhibitorOf(byDifference, sources).inhibitionOf(target, nowMs) !== undefined, whereDifferent);
    });
  }
});

describe("an inhibitor", () => {
  const source: Labels = { s: "1", e: "f" };
  const target: Labels = { t: "1", e: "f" };
  const rules = [ruleOf("s=1", "t=1", ["e"])];

  it("says which rule and which alert", () => {
    const inhibitor = inhibitorOf(rules, [[source, active]]);
    assert.deepEqual(inhibitor.inhibitionOf(target, nowMs), {
      rule: rules[0],
      sourceFingerprint: fingerprintOf(source),
    });
    assert.equal(inhibitor.inhibitionOf(source, nowMs), undefined);
  });

  it("follows an alert that is resolved, fires again and goes away", () => {
    const inhibitor = inhibitorOf(rules, [[source, active]]);
    const isInhibited = () => inhibitor.inhibitionOf(target, nowMs) !== undefined;
    const set = (endsAtMs: number | undefined) =>
      inhibitor.set({ fingerprint: fingerprintOf(source), labels: source, endsAtMs });
    assert.equal(isInhibited(), true);
    set(resolved);
    assert.equal(isInhibited(), false);
    set(undefined);
    assert.equal(isInhibited(), true);
    inhibitor.removeResolved(nowMs);
    assert.equal(isInhibited(), true);
    set(nowMs);
    assert.equal(isInhibited(), false);
    inhibitor.removeResolved(nowMs);
    set(active);
    assert.equal(isInhibited(), true);
    inhibitor.remove(fingerprintOf(source));
    inhibitor.remove("unknown");
    assert.equal(isInhibited(), false);
  });
});
