import assert from "node:assert/strict";
import { test } from "node:test";
import { createFleet, fleetScore } from "./fleet.ts";

function fleet(maxTargets = 10) {
  return createFleet({ forgetAfterMs: 60_000, rememberEventsMs: 10_000, maxTargets, refused: () => undefined });
}

test("a healthy target has 100, and what is wrong takes points off with the reason in figures", () => {
  const targets = fleet();
  targets.checked("web", { up: true }, 0);
  targets.used("host", "cpu", 97.4, 0);
  targets.used("host", "memory", 40, 0);
  targets.burdened("host", "error", 0);
  targets.burdened("host", "anomaly", 0);
  targets.burdened("host", "anomaly", 0);
  assert.deepEqual(targets.scores(1000), [
    {
      target: "host",
      lastSeenMs: 0,
      score: 62,
      reasons: ["cpu at 97 % (−25)", "1 error event (−3)", "2 anomalies (−10)"],
    },
    { target: "web", lastSeenMs: 0, score: 100, reasons: [] },
  ]);
});

test("a target that is down has 0 whatever else is known, and recovers with the next check", () => {
  const targets = fleet();
  targets.used("web", "cpu", 1, 0);
  targets.checked("web", { up: false, reason: "web is unhealthy" }, 1);
  assert.deepEqual(targets.scores(2)[0], {
    target: "web",
    lastSeenMs: 1,
    score: 0,
    reasons: ["web is unhealthy (−100)"],
  });
  targets.checked("web", { up: true }, 3);
  assert.equal(targets.scores(4)[0]?.score, 100);
});

test("the reason of a fall stays while the target stays down, and old news is no news", () => {
  const targets = fleet();
  targets.checked("web", { up: false, reason: "connection refused" }, 5);
  targets.checked("web", { up: false }, 6);
  targets.checked("web", { up: true }, 2);
  assert.deepEqual(targets.scores(7)[0]?.reasons, ["connection refused (−100)"]);
});

test("events weigh for a while, and a target unheard of is forgotten", () => {
  const targets = fleet();
  targets.checked("web", { up: true }, 0);
  targets.burdened("web", "critical", 0);
  assert.equal(targets.scores(9_000)[0]?.score, 90);
  assert.equal(targets.scores(20_000)[0]?.score, 100);
  assert.deepEqual(targets.scores(70_000), []);
});

test("of several disks the fullest counts", () => {
  const targets = fleet();
  targets.used("host", "disk", 20, 0);
  targets.used("host", "disk", 96, 5);
  targets.used("host", "disk", 30, 9);
  assert.deepEqual(targets.scores(10)[0]?.reasons, ["disk at 96 % (−40)"]);
  targets.used("host", "disk", 20, 15_000);
  assert.equal(targets.scores(15_001)[0]?.score, 100);
});

test("an event alone makes no target, and too many targets are not taken", () => {
  const targets = fleet(1);
  targets.burdened("unknown", "critical", 0);
  assert.deepEqual(targets.scores(0), []);
  targets.checked("a", { up: true }, 0);
  targets.checked("b", { up: true }, 0);
  assert.deepEqual(
    targets.scores(0).map(({ target }) => target),
    ["a"],
  );
});

test("the fleet's score is the mean, and 100 with no target", () => {
  assert.equal(fleetScore([]), 100);
  assert.equal(fleetScore([{ score: 0 }, { score: 100 }, { score: 80 }]), 60);
});
