// What maintenance windows hold, and how everything is as it should be after them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { configOf, ONE_RECEIVER as one } from "./testing/config.ts";
import { playTimeLine } from "./testing/time-line.ts";

test("of what ended in a window those are told who were told before, and nobody else", () => {
  playTimeLine({
    config: configOf(one),
    lines: `
at 0s push {alertname=a, host=told} starts 0s ends 9h and {alertname=a, host=outside} starts 0s ends 9h
between 10s 10s want default firing {alertname=a, host=told} and firing {alertname=a, host=outside}
at 20s window w1 {host=~"told|untold"} from 20s to 8m
at 1m push {alertname=a, host=untold} starts 1m ends 9h
at 4m push {alertname=a, host=told} ends 4m and {alertname=a, host=untold} starts 1m ends 4m
between 8m10s 8m10s want default (some alerts resolved) firing {alertname=a, host=outside} and resolved {alertname=a, host=told}`,
  });
});

test("a group that was told and ended as a whole in a window is told as resolved after it, however long it lasted", () => {
  const { dispatcher } = playTimeLine({
    config: configOf(one),
    lines: `
at 0s push {alertname=a} starts 0s ends 90h
between 10s 10s want default firing {alertname=a}
# Far longer than the log would remember it, with a replica that takes over in between.
at 20s window w1 {alertname=a} from 20s to 48h
at 24h kill
at 30h push {alertname=a} ends 30h
at 40h kill
between 48h 48h1m want default (all alerts resolved) resolved {alertname=a}`,
  });
  assert.equal(dispatcher.stats().groups, 0);
});

test("what still fires after a window, and was told before, is not news", () => {
  playTimeLine({
    config: configOf(one.replace("10m", "4h")),
    lines: `
at 0s push {alertname=a} starts 0s ends 9h
between 10s 10s want default firing {alertname=a}
at 20s window w1 {alertname=a} from 20s to 1h
# It ended and fired again while nobody was to hear of it.
at 20m push {alertname=a} ends 20m
at 30m push {alertname=a} starts 30m ends 9h
between 4h0m10s 4h2m want default (repeat interval elapsed) firing {alertname=a}`,
  });
});

test("what fires only within a window leaves nothing behind", () => {
  const { dispatcher, decisions } = playTimeLine({
    config: configOf(one),
    lines: `
at 0s window w1 {alertname=a} from 0s to 10m
at 1m push {alertname=a} starts 1m ends 1h
at 3m push {alertname=a} starts 1m ends 3m
at 30m push {alertname=b} starts 30m ends 1h
between 30m10s 30m10s want default firing {alertname=b}`,
  });
  assert.equal(dispatcher.stats().groups, 1);
  const held = decisions.filter(({ step }) => step === "maintenance");
  assert.deepEqual(
    held.map(({ ids }) => ids),
    [["w1"]],
  );
});

test("each integration is told of the end of what it was told of", () => {
  const two = one.replace("- url: http://there/", "- url: http://there/\n  - url: http://elsewhere/");
  playTimeLine({
    config: configOf(two),
    lines: `
at 0s deliver default[1] fails
at 0s push {alertname=a, host=x} starts 0s ends 9h and {alertname=a, host=y} starts 0s ends 9h
between 10s 10s want default[0] firing {alertname=a, host=x} and firing {alertname=a, host=y}
at 20s window w1 {host=x} from 20s to 5m
at 30s deliver default[1] ok
between 1m10s 1m10s want default[1] (first notification) firing {alertname=a, host=y}
at 2m push {alertname=a, host=x} ends 2m
between 5m10s 5m10s want default[0] (some alerts resolved) firing {alertname=a, host=y} and resolved {alertname=a, host=x}`,
  });
});
