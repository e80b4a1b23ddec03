import assert from "node:assert/strict";
import { test } from "node:test";
import type { Decision } from "../../../api/explain.ts";
import { pictureOf, verdictsOf, wordsOf } from "./story.ts";

const atMs = Date.parse("2026-11-21T03:00:00Z");

function decided(minute: number, step: string, more: Partial<Decision> = {}): Decision {
  const time = new Date(atMs + minute * 60_000).toISOString();
  const empty = {
    sentence: "",
    reason: "",
    detail: "",
    groupKey: "",
    receiver: "",
    integration: "",
    ids: [],
    due: null,
  };
  return { ...empty, time, step, ...more };
}

function drawn(decisions: readonly Decision[], nowMinute: number): string[] {
  const picture = pictureOf(decisions, atMs + nowMinute * 60_000);
  const minute = (ms: number) => (ms - atMs) / 60_000;
  const spans = picture?.spans.map(({ state, startMs, endMs }) => `${state} ${minute(startMs)}-${minute(endMs)}`) ?? [];
  const marks = picture?.marks.map(({ kind, atMs: at }) => `${kind} ${minute(at)}`) ?? [];
  return [...spans, ...marks];
}

test("a life is drawn from what was decided", () => {
  const life = [
    decided(0, "pending"),
    decided(5, "firing"),
    decided(5, "received", { reason: "it is new" }),
    decided(6, "delivered", { receiver: "ops" }),
    decided(10, "acknowledged"),
    decided(20, "resolved"),
  ];
  const want = ["pending 0-5", "firing 5-10", "acknowledged 10-20", "told 6", "person 10", "ended 20"];
  assert.deepEqual(drawn(life, 60), want);
  assert.deepEqual(drawn(life.slice(0, 4), 60), ["pending 0-5", "firing 5-60", "told 6"], "what lasts ends now");
  assert.deepEqual(drawn([decided(0, "firing")], -1), ["firing 0-0.016666666666666666"], "the clock may be behind");
  assert.equal(pictureOf([], 0), undefined);
});

test("what a rule file's rule decided, and who sends again, are read too", () => {
  const life = [
    decided(0, "rule", { detail: "rule Down: inactive to pending, value 1" }),
    decided(2, "rule", { detail: "rule Down: pending to firing, value 1" }),
    decided(3, "action", { reason: "somebody takes care of it" }),
    decided(4, "received", { reason: "it fires again" }),
    decided(9, "rule", { detail: "rule Down: firing to inactive, value 0" }),
  ];
  assert.deepEqual(drawn(life, 60).slice(0, 3), ["pending 0-2", "firing 2-3", "acknowledged 3-9"]);
  const back = [...life.slice(0, 4), decided(5, "action", { reason: "nobody takes care of it any more" })];
  assert.deepEqual(drawn(back, 6).slice(2, 4), ["acknowledged 3-5", "firing 5-6"]);
});

test("who was not told comes first, by what decided last", () => {
  const cases: [string, Decision[], string[]][] = [
    ["a silence for all", [decided(0, "delivered", { receiver: "ops" }), decided(1, "silenced")], [" not", "ops told"]],
    ["a silence that is over", [decided(0, "silenced"), decided(1, "delivered", { receiver: "ops" })], ["ops told"]],
    [
      "one receiver fails",
      [decided(0, "delivered", { receiver: "a" }), decided(1, "failed", { receiver: "b" })],
      ["b not", "a told"],
    ],
  ];
  for (const [name, decisions, want] of cases) {
    const got = verdictsOf(decisions).map(({ receiver, told }) => `${receiver} ${told ? "told" : "not"}`);
    assert.deepEqual(got, want, name);
  }
});

test("a decision is told in the server's words, or in ours where it has none", () => {
  assert.equal(wordsOf(decided(0, "due", { sentence: "It is due." })), "It is due.");
  assert.equal(wordsOf(decided(0, "muted_by_time", { reason: "night", detail: "ops" })), "muted by time: night (ops)");
});
