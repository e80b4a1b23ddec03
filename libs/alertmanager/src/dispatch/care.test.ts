// Who hears that somebody takes care of a group: receivers that were told of it and know what that is.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { DispatchConfig } from "./dispatch-config.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { configOf, ONE_RECEIVER as one } from "./testing/config.ts";
import { createKeptState } from "./testing/kept-state.ts";
import { playTimeLine } from "./testing/time-line.ts";

/** Two webhooks, of which the first wants to hear of acknowledgements. */
function listening(text = `${one}  - url: http://elsewhere/\n`): DispatchConfig {
  const config = configOf(text);
  const integrationsOf = (receiver: string) =>
    config.integrationsOf(receiver).map((one) => ({ ...one, acknowledges: one.index === 0 }));
  return { ...config, integrationsOf };
}

const firing = "firing {alertname=a, host=x} and firing {alertname=a, host=y}";
const bothFire = `
at 0s push {alertname=a, host=x} starts 0s ends 9h and {alertname=a, host=y} starts 0s ends 9h
between 10s 10s want default[0] (first notification) ${firing}
between 10s 10s want default[1] (first notification) ${firing}`;

test("an acknowledgement is told once, at once, to those who want to hear of it", () => {
  playTimeLine({
    config: listening(),
    lines: `${bothFire}
at 1m30s acknowledge group {}:{alertname="a"}
between 1m30s 1m30s want default[0] (repeat interval elapsed) ${firing}
at 2m kill
at 5h push {alertname=a, host=y} ends 5h
between 5h 5h1m want default[0] (some alerts resolved) firing {alertname=a, host=x} and resolved {alertname=a, host=y}
between 5h 5h1m want default[1] (some alerts resolved) firing {alertname=a, host=x} and resolved {alertname=a, host=y}`,
  });
});

test("it is told when all that fires is acknowledged, and again when another one fires and is too", () => {
  playTimeLine({
    config: listening(one),
    lines: `${bothFire.replaceAll("[0]", "").replace(/.*\[1\].*/, "")}
at 1m acknowledge {alertname=a, host=x}
at 2m acknowledge {alertname=a, host=y}
between 2m 2m want default (repeat interval elapsed) ${firing}
at 3m push {alertname=a, host=z} starts 3m ends 9h
between 3m 4m want default (new alerts added) ${firing} and firing {alertname=a, host=z}
at 5m acknowledge {alertname=a, host=z}
between 5m 5m want default (repeat interval elapsed) ${firing} and firing {alertname=a, host=z}`,
  });
});

test("that it is taken back, or that a snooze is over, is told as well", () => {
  playTimeLine({
    config: listening(one),
    lines: `
at 0s push {alertname=a} starts 0s ends 9h
between 10s 10s want default firing {alertname=a}
at 1m acknowledge {alertname=a}
between 1m 1m want default (repeat interval elapsed) firing {alertname=a}
at 90s unacknowledge {alertname=a}
between 90s 90s want default (repeat interval elapsed) firing {alertname=a}
at 2m acknowledge group {}:{alertname="a"} until 5m
between 2m 2m want default (repeat interval elapsed) firing {alertname=a}
between 5m 6m want default (repeat interval elapsed) firing {alertname=a}
between 15m 17m want default (repeat interval elapsed) firing {alertname=a}
at 18m push {alertname=a} ends 18m
between 18m 19m want default resolved {alertname=a}`,
  });
});

test("what was not told yet does not come sooner for it, and who could not be told is told later", () => {
  playTimeLine({
    config: listening(one),
    lines: `
at 0s push {alertname=a} starts 0s ends 9h
at 5s acknowledge {alertname=a}
between 10s 10s want default (first notification) firing {alertname=a}
at 1m unacknowledge {alertname=a}
between 1m 1m want default (repeat interval elapsed) firing {alertname=a}
at 2m deliver default fails
at 2m acknowledge {alertname=a}
at 150s deliver default ok
between 3m 3m want default (repeat interval elapsed) firing {alertname=a}
at 4m push {alertname=a} ends 4m
between 4m 5m want default resolved {alertname=a}`,
  });
});

test("what is sent says who takes care, only where that holds for all that fires", () => {
  const { dispatcher, baseMs } = playTimeLine({
    config: listening(one),
    lines: `
at 0s push {alertname=a, host=x} starts 0s ends 9h
between 10s 10s want default firing {alertname=a, host=x}
at 20s acknowledge {alertname=a, host=x}
between 20s 20s want default firing {alertname=a, host=x}`,
  });
  const kept = createKeptState();
  kept.write(dispatcher.changes());
  assert.equal(kept.read().log[0]?.acknowledgedAtMs, baseMs + 20_000);
  const told = (at: Dispatcher, afterMs: number) =>
    at.advance(baseMs + afterMs).map((flush) => {
      at.delivered(flush, { nowMs: baseMs + afterMs });
      return flush.acknowledgement?.by;
    });
  const post = (host: string) =>
    dispatcher.put([{ labels: { alertname: "a", host }, startsAtMs: baseMs, endsAtMs: baseMs + 9e6 }], baseMs + 60_000);
  post("y");
  assert.deepEqual(told(dispatcher, 120_000), [undefined]);
  dispatcher.acknowledge({ groupKey: '{}:{alertname="a"}' }, { by: "eve", note: "", atMs: baseMs + 130_000 });
  assert.deepEqual(told(dispatcher, 130_000), ["eve"]);
  post("z");
  assert.deepEqual(told(dispatcher, 190_000), [undefined], "nobody took care of the one that is new");
});
