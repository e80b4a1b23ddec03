import assert from "node:assert/strict";
import { test } from "node:test";
import { configOf, ONE_RECEIVER as one } from "./testing/config.ts";
import { describeDecisions } from "./testing/describe-decisions.ts";
import { playTimeLine } from "./testing/time-line.ts";

const two = `${one}
  - url: http://elsewhere/
`;

test("what was not delivered is due again when its group is next, with what is so then", () => {
  const { decisions } = playTimeLine({
    config: configOf(one),
    lines: `
at 0s deliver default fails
at 0s push {alertname=a, host=x} starts 0s ends 1h
at 20s push {alertname=a, host=y} starts 20s ends 1h
at 30s deliver default ok
between 70s 70s want default (first notification) firing {alertname=a, host=x} and firing {alertname=a, host=y}`,
  });
  assert.deepEqual(
    describeDecisions(decisions).filter((text) => text.startsWith("failed")),
    ["failed: webhook[0]: it was not delivered: 500"],
  );
});

test("a resolved alert stays until everybody was told", () => {
  playTimeLine({
    config: configOf(two),
    lines: `
at 0s push {alertname=a} starts 0s ends 1h
between 10s 10s want default[0] firing {alertname=a}
between 10s 10s want default[1] firing {alertname=a}
at 20s deliver default[1] fails
at 30s push {alertname=a} ends 30s
between 70s 70s want default[0] (all alerts resolved) resolved {alertname=a}
at 80s deliver default[1] ok
between 130s 130s want default[1] (all alerts resolved) resolved {alertname=a}`,
  });
});

test("a slow integration does not delay another one, nor is it told twice at a time", () => {
  const { decisions } = playTimeLine({
    config: configOf(two.replace("1m", "2s")),
    lines: `
at 0s deliver default[0] takes 5s
at 0s push {alertname=a, host=x} starts 0s ends 1h
between 15s 15s want default[0] firing {alertname=a, host=x}
between 10s 10s want default[1] firing {alertname=a, host=x}
at 11s push {alertname=a, host=y} starts 11s ends 1h
between 12s 12s want default[1] firing {alertname=a, host=x} and firing {alertname=a, host=y}
between 21s 21s want default[0] (new alerts added) firing {alertname=a, host=x} and firing {alertname=a, host=y}`,
  });
  assert.ok(
    describeDecisions(decisions).includes("deduplicated: webhook[0]: the notification before is still being sent"),
  );
});

test("two routes that say the same tell once", () => {
  const twice = one.replace(
    "receivers:",
    "  routes: [ { matchers: [ job=x ], continue: true }, { matchers: [ job=x ] } ]\nreceivers:",
  );
  playTimeLine({
    config: configOf(twice),
    lines: `
at 0s push {alertname=a, job=x} starts 0s ends 1h
between 10s 10s want default firing {alertname=a, job=x}
at 20s push {alertname=a, job=x} starts 0s ends 20s
between 70s 70s want default resolved {alertname=a, job=x}
at 5m push {alertname=b}
between 5m10s 5m10s want default firing {alertname=b}`,
  });
});

test("what takes longer than there is time has failed and is sent again", () => {
  playTimeLine({
    config: configOf(one),
    lines: `
at 0s deliver default takes 5m
at 0s push {alertname=a} starts 0s ends 1h
at 60s deliver default ok
between 70s 70s want default (first notification) firing {alertname=a}`,
  });
});

test("where one was killed another one goes on: at the same times, and nothing is told twice", () => {
  playTimeLine({
    config: configOf(one),
    lines: `
at 0s push {alertname=a} starts 0s ends 1h
at 5s kill
between 10s 10s want default firing {alertname=a}
at 30s kill
at 40s push {alertname=a} starts 0s ends 40s
at 50s kill
between 70s 70s want default resolved {alertname=a}
at 80s kill`,
  });
});

test("what nobody knows to be delivered is sent once more after a failover, at once", () => {
  playTimeLine({
    config: configOf(one),
    lines: `
at 0s deliver default unheard
at 0s push {alertname=a} starts 0s ends 1h
between 10s 10s want default (first notification) firing {alertname=a}
at 12s deliver default ok
at 12s kill
between 12s 12s want default (first notification) firing {alertname=a}
at 20s kill
at 5m push {alertname=b}
between 5m10s 5m10s want default firing {alertname=b}`,
  });
});

test("what ended while nobody knew whether it was told is told to have ended", () => {
  playTimeLine({
    config: configOf(two),
    lines: `
at 0s deliver default[0] unheard
at 0s deliver default[1] unheard
at 0s push {alertname=a, host=x} starts 0s ends 11s and {alertname=b} starts 0s ends 1h
between 10s 10s want default[0] firing {alertname=a, host=x}
between 10s 10s want default[1] firing {alertname=a, host=x}
between 10s 10s want default[0] firing {alertname=b}
between 10s 10s want default[1] firing {alertname=b}
at 12s deliver default[0] ok
at 12s deliver default[1] ok
at 12s kill
between 12s 12s want default[0] (all alerts resolved) resolved {alertname=a, host=x}
between 12s 12s want default[1] (all alerts resolved) resolved {alertname=a, host=x}
between 12s 12s want default[0] (first notification) firing {alertname=b}
between 12s 12s want default[1] (first notification) firing {alertname=b}
at 20s kill`,
  });
});

const moved = one.replace("[alertname]", "[host]");

test("a reload keeps what stays and makes anew what does not", () => {
  playTimeLine({
    config: configOf(one),
    configs: { slower: configOf(one.replace("1m", "10m")), moved: configOf(moved) },
    lines: `
at 0s push {alertname=a, host=x} starts 0s ends 9h
between 10s 10s want default firing {alertname=a, host=x}
# The timer that runs is kept, the interval is another one after that.
at 20s reload slower
at 30s push {alertname=a, host=y} starts 30s ends 9h
between 70s 70s want default (new alerts added) firing {alertname=a, host=x} and firing {alertname=a, host=y}
at 80s push {alertname=a, host=z} starts 80s ends 9h
between 11m10s 11m10s want default (new alerts added) firing {alertname=a, host=x} and firing {alertname=a, host=y} and firing {alertname=a, host=z}
# Other groups are other groups: old alerts are told at once.
at 12m reload moved
between 12m 12m want default (first notification) firing {alertname=a, host=x}
between 12m 12m want default (first notification) firing {alertname=a, host=y}
between 12m 12m want default (first notification) firing {alertname=a, host=z}`,
  });
});

test("what is being sent while the configuration changes counts, unless its receiver is no more", () => {
  const { decisions } = playTimeLine({
    config: configOf(one),
    configs: { other: configOf(one.replaceAll("default", "other")) },
    lines: `
at 0s deliver default takes 5s
at 0s push {alertname=a} starts 0s ends 1h
at 12s reload
between 15s 15s want default (first notification) firing {alertname=a}
at 60s push {alertname=b} starts 60s ends 1h
at 72s reload other
between 72s 72s want other (first notification) firing {alertname=a}
between 72s 72s want other (first notification) firing {alertname=b}`,
  });
  assert.deepEqual(
    describeDecisions(decisions).filter((text) => text.startsWith("failed")),
    ["failed: webhook[0]: it was not delivered: its route or its receiver is no more"],
  );
});

test("an alert that fires again while its end is being told stays, and is told", () => {
  playTimeLine({
    config: configOf(one),
    lines: `
at 0s push {alertname=a} starts 0s ends 1h
between 10s 10s want default firing {alertname=a} starts 0s
at 20s deliver default takes 5s
at 30s push {alertname=a} starts 0s ends 30s
at 72s push {alertname=a} starts 72s ends 1h
between 75s 75s want default (all alerts resolved) resolved {alertname=a} starts 0s
between 135s 135s want default (first notification) firing {alertname=a} starts 72s`,
  });
});
