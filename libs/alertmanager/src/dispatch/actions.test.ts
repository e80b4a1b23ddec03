// What people do to alerts and groups, beside who is told of it (hiding.test.ts, care.test.ts).
import assert from "node:assert/strict";
import { test } from "node:test";
import { fingerprintOf } from "../fingerprint.ts";
import { configOf, ONE_RECEIVER as one } from "./testing/config.ts";
import { describeDecisions } from "./testing/describe-decisions.ts";
import { createKeptState } from "./testing/kept-state.ts";
import { playTimeLine } from "./testing/time-line.ts";

const groupKey = '{}:{alertname="a"}';
const x = { fingerprint: fingerprintOf({ alertname: "a", host: "x" }) };

/** Two alerts of one group that fire and were told. */
function told() {
  return playTimeLine({
    config: configOf(one),
    lines: `
at 0s push {alertname=a, host=x} starts 0s ends 9h and {alertname=a, host=y} starts 0s ends 9h
between 10s 10s want default firing {alertname=a, host=x} and firing {alertname=a, host=y}`,
  });
}

test("an assignment is kept with the alert, and goes with it", () => {
  const { dispatcher, decisions, baseMs } = told();
  const kept = createKeptState();
  const said = { by: "ada", note: "knows it", atMs: baseMs + 20_000 };
  dispatcher.assign(x, { to: "bob", ...said });
  dispatcher.assign({ groupKey }, { to: "eve", ...said });
  assert.equal(dispatcher.alert(x.fingerprint, baseMs + 20_000)?.assignment?.to, "bob");
  assert.equal(dispatcher.groups(baseMs + 20_000)[0]?.assignment?.to, "eve");
  kept.write(dispatcher.changes());
  assert.equal(kept.read().assignments.length, 2);
  dispatcher.assign({ groupKey }, { to: "", ...said });
  assert.throws(() => dispatcher.assign({ fingerprint: "00" }, { to: "bob", ...said }), { code: "not_found" });
  // Another time of it is nobody's yet.
  const again = { labels: { alertname: "a", host: "x" }, startsAtMs: baseMs + 40_000, endsAtMs: baseMs + 9e6 };
  dispatcher.resolve(x, said, baseMs + 30_000);
  dispatcher.put([again], baseMs + 40_000);
  kept.write(dispatcher.changes());
  assert.deepEqual(kept.read().assignments, []);
  assert.deepEqual(
    describeDecisions(decisions).filter((text) => text.startsWith("action")),
    [
      "action: somebody shall see to it: ada to bob: knows it",
      "action: somebody shall see to it: ada to eve: knows it",
      "action: nobody in particular shall see to it any more: ada: knows it",
      "action: somebody says that it is over: ada: knows it",
    ],
  );
});

test("a group that is resolved by hand is told as resolved, and again when its sender says that it fires", () => {
  const { dispatcher, baseMs } = told();
  const doing = { by: "ada", note: "", atMs: baseMs + 20_000 };
  assert.equal(dispatcher.resolve({ groupKey }, doing, baseMs + 20_000).length, 2);
  const sent = (afterMs: number) =>
    dispatcher.advance(baseMs + afterMs).map((flush) => {
      dispatcher.delivered(flush, { nowMs: baseMs + afterMs });
      return [flush.notification.reason, flush.notification.alerts.length];
    });
  assert.deepEqual(sent(70_000), [["all alerts resolved", 2]]);
  assert.throws(() => dispatcher.resolve({ groupKey }, doing, baseMs + 80_000), { code: "not_found" });
  dispatcher.put(
    [{ labels: { alertname: "a", host: "x" }, startsAtMs: baseMs, endsAtMs: baseMs + 9e6 }],
    baseMs + 90_000,
  );
  assert.deepEqual(sent(100_000), [["first notification", 1]]);
});

test("who takes care of a group is asked again when something new fires in it, not when nobody is told of that", () => {
  const { decisions } = playTimeLine({
    config: configOf(one),
    lines: `
at 0s silence {host=hidden} from 0s to 9h
at 0s push {alertname=a, host=x} starts 0s ends 9h
between 10s 10s want default firing {alertname=a, host=x}
at 1m acknowledge group ${groupKey}
at 2m push {alertname=a, host=hidden} starts 2m ends 9h
at 30m push {alertname=a, host=y} starts 30m ends 9h
between 30m10s 30m10s want default (new alerts added) firing {alertname=a, host=x} and firing {alertname=a, host=y}
between 41m10s 41m10s want default (repeat interval elapsed) firing {alertname=a, host=x} and firing {alertname=a, host=y}`,
  });
  const ended = decisions.filter(({ reason }) => reason.startsWith("something new fires"));
  assert.deepEqual(
    ended.map(({ groupKey: key, detail }) => [key, detail]),
    [[groupKey, "ada"]],
  );
});
