import assert from "node:assert/strict";
import { test } from "node:test";
import { notificationReason, SKIP_REASONS, type Standing } from "./notification-reason.ts";

const nowMs = 100 * 60_000;

interface Case {
  readonly name: string;
  readonly told?: {
    readonly firing?: readonly string[];
    readonly resolved?: readonly string[];
    readonly minutesAgo?: number;
  };
  readonly firing?: readonly string[];
  readonly resolved?: readonly string[];
  readonly repeatMinutes?: number;
  readonly sendResolved?: boolean;
  readonly want: string;
}

// notify/notify_test.go, TestDedupStageNeedsUpdate, with the reason that it does not ask for.
const cases: readonly Case[] = [
  { name: "nothing in the log", firing: ["2", "3", "4"], want: "first notification" },
  { name: "nothing in the log, nothing fires", resolved: ["2", "3", "4"], want: SKIP_REASONS.neverTold },
  { name: "another fires", told: { firing: ["1", "2", "3"] }, firing: ["2", "3", "4"], want: "new alerts added" },
  {
    name: "told ages ago",
    told: { firing: ["1", "2", "3"], minutesAgo: 100 },
    firing: ["1", "2", "3"],
    want: "repeat interval elapsed",
  },
  {
    name: "the same before the repeat interval",
    told: { firing: ["1", "2", "3"], minutesAgo: 9 },
    firing: ["1", "2", "3"],
    repeatMinutes: 10,
    want: SKIP_REASONS.unchanged,
  },
  {
    name: "the same at the repeat interval, not after it",
    told: { firing: ["1"], minutesAgo: 10 },
    firing: ["1"],
    repeatMinutes: 10,
    want: SKIP_REASONS.unchanged,
  },
  {
    name: "the same after the repeat interval",
    told: { firing: ["1", "2", "3"], minutesAgo: 11 },
    firing: ["1", "2", "3"],
    repeatMinutes: 10,
    want: "repeat interval elapsed",
  },
  {
    name: "others are resolved, but nothing fired",
    told: { resolved: ["1", "2", "3"], minutesAgo: 11 },
    resolved: ["3", "4", "5"],
    repeatMinutes: 10,
    sendResolved: true,
    want: SKIP_REASONS.allOverBefore,
  },
  {
    name: "one is resolved, which it does not want to hear",
    told: { firing: ["1", "2"], resolved: ["3"], minutesAgo: 9 },
    firing: ["1"],
    resolved: ["2", "3"],
    repeatMinutes: 10,
    want: SKIP_REASONS.unchanged,
  },
  {
    name: "one is resolved, which it wants to hear",
    told: { firing: ["1", "2"], resolved: ["3"], minutesAgo: 9 },
    firing: ["1"],
    resolved: ["2", "3"],
    repeatMinutes: 10,
    sendResolved: true,
    want: "some alerts resolved",
  },
  {
    name: "all are resolved, which it does not want to hear",
    told: { firing: ["1", "2"], resolved: ["3"], minutesAgo: 9 },
    resolved: ["1", "2", "3"],
    repeatMinutes: 10,
    want: "all alerts resolved",
  },
  {
    name: "all are resolved, which it wants to hear",
    told: { firing: ["1", "2"], resolved: ["3"], minutesAgo: 9 },
    resolved: ["1", "2", "3"],
    repeatMinutes: 10,
    sendResolved: true,
    want: "all alerts resolved",
  },
  {
    name: "fires again after all was resolved",
    told: { resolved: ["1"], minutesAgo: 1 },
    firing: ["1"],
    repeatMinutes: 10,
    want: "first notification",
  },
];

for (const { name, told, firing = [], resolved = [], repeatMinutes = 0, sendResolved = false, want } of cases) {
  test(`${name}: ${want}`, () => {
    const standing: Standing = {
      entry: told && {
        firing: told.firing ?? [],
        resolved: told.resolved ?? [],
        atMs: nowMs - (told.minutesAgo ?? 0) * 60_000,
      },
      firing,
      resolved,
      sendResolved,
      repeatIntervalMs: repeatMinutes * 60_000,
      nowMs,
    };
    const verdict = notificationReason(standing);
    assert.equal("notify" in verdict ? verdict.notify : verdict.skip, want);
  });
}
