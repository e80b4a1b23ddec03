import assert from "node:assert/strict";
import { test } from "node:test";
import { lineOf } from "../escalation/story.ts";
import { escalationsAmong } from "./escalation-record.ts";

const atMs = Date.UTC(2026, 0, 5, 3, 12);

test("what escalations write is understood", () => {
  const about = { round: 0, step: 1, atMs };
  const recipient = { kind: "user", user: "ann" } as const;
  const lines = [
    lineOf({ ...about, kind: "told", recipient, target: { kind: "schedule", schedule: "primary" } }),
    lineOf({ ...about, kind: "left_out", reason: "severity" }),
    lineOf({ atMs, kind: "acknowledged", by: "bob", note: "" }),
  ].map((line) => ({ ...line, step: "escalation", ids: ["e1", ...(line.users ?? []).map((user) => `user:${user}`)] }));
  assert.deepEqual(
    escalationsAmong(lines).map(({ kind, users, step: number }) => [kind, users, number]),
    [
      ["told", ["ann"], 2],
      ["left_out", [], 2],
      ["acknowledged", ["bob"], undefined],
    ],
  );
});
