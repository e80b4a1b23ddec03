// What very many alerts at once, alerts that flap and alerts that follow from others come to for whoever is told.
import { test } from "node:test";
import { configOf, ONE_RECEIVER as one } from "./testing/config.ts";
import { playTimeLine } from "./testing/time-line.ts";

test("an alert that flaps is told once an interval at most, as it is then", () => {
  playTimeLine({
    config: configOf(one),
    lines: `
at 0s push {alertname=a} starts 0s ends 1h
between 10s 10s want default (first notification) firing {alertname=a}
at 20s push {alertname=a} starts 0s ends 20s
at 30s push {alertname=a} starts 30s ends 1h
at 40s push {alertname=a} starts 30s ends 40s
at 50s push {alertname=a} starts 50s ends 1h
# It fires as it did, for all that anybody knows.
at 80s push {alertname=a} starts 50s ends 80s
at 90s push {alertname=a} starts 90s ends 1h
at 100s push {alertname=a} starts 90s ends 100s
between 130s 130s want default (all alerts resolved) resolved {alertname=a} starts 90s ends 100s
# Over before its group has waited: it was never there.
at 140s push {alertname=a} starts 140s ends 1h
at 145s push {alertname=a} starts 140s ends 145s
at 200s push {alertname=a} starts 200s ends 1h
between 210s 210s want default (first notification) firing {alertname=a} starts 200s
# What is as old as the repeat interval is not older.
between 870s 870s want default (repeat interval elapsed) firing {alertname=a} starts 200s`,
  });
});

test("five hundred alerts at once are one message, and one when they are over", () => {
  const all = Array.from({ length: 500 }, (_, at) => `{alertname=a, host=h${at}}`);
  const listed = (before: string, after = "") => all.map((labels) => `${before}${labels}${after}`).join(" and ");
  playTimeLine({
    config: configOf(one),
    lines: `
at 0s push ${listed("", " starts 0s ends 1h")}
between 10s 10s want default (first notification) ${listed("firing ")}
at 30s push ${listed("", " starts 0s ends 30s")}
between 70s 70s want default (all alerts resolved) ${listed("resolved ")}`,
  });
});

const following = `${one}
inhibit_rules:
- source_matchers: [ alertname = Down ]
  target_matchers: [ alertname =~ "Slow|Errors" ]
  equal: [ host ]
`;

test("what follows from another alert is told neither while that fires nor for having ended meanwhile", () => {
  playTimeLine({
    config: configOf(following),
    lines: `
at 0s push {alertname=Slow, host=x} starts 0s ends 1h and {alertname=Slow, host=y} starts 0s ends 1h
between 10s 10s want default firing {alertname=Slow, host=x} and firing {alertname=Slow, host=y}
at 20s push {alertname=Down, host=x} starts 20s ends 1h and {alertname=Errors, host=x} starts 20s ends 1h
between 30s 30s want default firing {alertname=Down, host=x}
at 2m push {alertname=Slow, host=x} starts 0s ends 2m
# Only what fires on comes out when the other one is over.
at 3m push {alertname=Down, host=x} starts 20s ends 3m
between 3m30s 3m30s want default (all alerts resolved) resolved {alertname=Down, host=x}
between 3m30s 3m30s want default (first notification) firing {alertname=Errors, host=x}
at 4m push {alertname=Errors, host=x} starts 20s ends 4m and {alertname=Slow, host=y} starts 0s ends 4m
between 4m30s 4m30s want default resolved {alertname=Errors, host=x}
between 4m10s 4m10s want default resolved {alertname=Slow, host=y}`,
  });
});

test("a source that flaps lets nothing out between two turns of what it hides", () => {
  playTimeLine({
    config: configOf(following),
    lines: `
at 0s push {alertname=Down, host=x} starts 0s ends 1h and {alertname=Slow, host=x} starts 0s ends 1h
between 10s 10s want default firing {alertname=Down, host=x}
at 20s push {alertname=Down, host=x} starts 0s ends 20s
at 40s push {alertname=Down, host=x} starts 40s ends 1h
at 80s silence {alertname=Slow} from 80s to 20m
at 85s push {alertname=Down, host=x} starts 40s ends 85s
between 130s 130s want default resolved {alertname=Down, host=x}
# The silence hides it now, and ends.
between 20m10s 20m10s want default (first notification) firing {alertname=Slow, host=x}`,
  });
});
