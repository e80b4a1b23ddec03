// Whatever happens in whatever order: who has to be told is told, and nobody is told the same twice but for what a failover costs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fingerprintOf } from "../fingerprint.ts";
import type { Labels } from "../notification.ts";
import { createMaintenance } from "../silence/maintenance.ts";
import { createSilences } from "../silence/silences.ts";
import { createDispatcher, type Dispatcher } from "./dispatcher.ts";
import type { Flush } from "./flush.ts";
import type { DispatcherSnapshot } from "./snapshot.ts";
import { configOf } from "./testing/config.ts";
import { createKeptState } from "./testing/kept-state.ts";

const receivers = `
receivers:
- name: page
  webhook_configs: [ { url: http://page/ } ]
- name: mail
  webhook_configs: [ { url: http://mail/, send_resolved: false }, { url: http://mail2/ } ]
`;

const configs = [
  configOf(`
global: { resolve_timeout: 3m }
route:
  receiver: mail
  group_by: [alertname]
  group_wait: 10s
  group_interval: 30s
  repeat_interval: 5m
  routes:
  - matchers: [ job = a ]
    receiver: page
    continue: true
  - matchers: [ job =~ "a|b" ]
    group_by: [job]
${receivers}`),
  configOf(`
global: { resolve_timeout: 2m }
route:
  receiver: mail
  group_by: [alertname]
  group_wait: 20s
  group_interval: 5s
  repeat_interval: 4m
  routes:
  - matchers: [ job =~ "a|silenced" ]
    receiver: page
    group_by: ['...']
${receivers}`),
] as const;

const alerts: readonly Labels[] = ["a", "b", "c", "silenced"].flatMap((job) =>
  ["x", "y", "z"].map((host) => ({ alertname: host === "z" ? "other" : "one", job, host })),
);

/** The same numbers each time, from 0 to `limit` - 1. */
function createNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e37_79b9) >>> 0;
    return (state >>> 4) % limit;
  };
}

/** What one integration knows of one group. */
interface View {
  readonly told: Map<string, string>;
  last: string;
  /** How often it was told something that whoever told it did not live to write down. */
  unheard: number;
  repeated: number;
}

function createReceivers() {
  const views = new Map<string, View>();

  function viewOf(receiver: string, index: number, groupKey: string): View {
    const key = `${receiver}[${index}] ${groupKey}`;
    const view = views.get(key) ?? { told: new Map(), last: "", unheard: 0, repeated: 0 };
    views.set(key, view);
    return view;
  }

  function see({ receiver, index, groupKey, notification }: Flush, isHeard: boolean): void {
    const isToldOfEnd = configs[0].integrationsOf(receiver)[index]?.sendResolved ?? true;
    const view = viewOf(receiver, index, groupKey);
    for (const { fingerprint, status } of notification.alerts) view.told.set(fingerprint, status);
    const content = JSON.stringify(notification.alerts.map(({ fingerprint, status }) => [fingerprint, status]));
    // What ended without the receiver being told, as it was silenced or not wanted, is told again when it fires again.
    const isNew = !isToldOfEnd || notification.alerts.some(({ labels }) => labels["job"] === "silenced");
    if (content === view.last && notification.reason !== "repeat interval elapsed" && !isNew) view.repeated++;
    const what = `${receiver}[${index}] ${groupKey} (${notification.reason}) ${content}`;
    assert.ok(view.repeated <= view.unheard, `told the same again: ${what}`);
    view.last = content;
    if (!isHeard) view.unheard++;
  }

  /** Alerts move to other groups: of the old ones nobody hears how they went on. */
  function move(): void {
    for (const view of views.values()) view.last = "";
  }

  return { see, viewOf, move };
}

/** A time with everything that may happen in it, and then half an hour of peace. */
function live(seed: number) {
  const number = createNumbers(seed);
  const world = createReceivers();
  const kept = createKeptState();
  const silences = createSilences({ maxSilences: 1000, retentionMs: 60_000, newId: () => `s${number(1e9)}` });
  let config: (typeof configs)[number] = configs[0];
  let inFlight: { readonly flush: Flush; readonly endsAtMs: number }[] = [];
  let nowMs = Date.parse("2026-01-05T00:00:00Z");
  let isPeace = false;
  let dispatcher = start();

  function start(): Dispatcher {
    const maintenance = createMaintenance({ maxWindows: 1 });
    const common = { silences, maintenance, decide: () => undefined, externalUrl: "", maxAlerts: 100, maxGroups: 100 };
    return createDispatcher({ ...common, config });
  }

  function save(): void {
    kept.write(dispatcher.changes());
  }

  function send(flush: Flush): void {
    const luck = isPeace ? 0 : number(10);
    if (luck >= 9) dispatcher.failed(flush, { nowMs, error: "503" });
    else if (luck >= 5) inFlight.push({ flush, endsAtMs: nowMs + number(45_000) });
    else {
      world.see(flush, true);
      dispatcher.delivered(flush, { nowMs });
    }
  }

  function settle(): void {
    const over = inFlight.filter(({ flush, endsAtMs }) => Math.min(endsAtMs, flush.deadlineMs) <= nowMs);
    inFlight = inFlight.filter((one) => !over.includes(one));
    for (const { flush, endsAtMs } of over) {
      if (endsAtMs > flush.deadlineMs) {
        dispatcher.failed(flush, { nowMs, error: "time-out" });
        continue;
      }
      world.see(flush, true);
      dispatcher.delivered(flush, { nowMs });
    }
  }

  function pass(durationMs: number): void {
    const untilMs = nowMs + durationMs;
    while (true) {
      const ends = inFlight.map(({ flush, endsAtMs }) => Math.min(endsAtMs, flush.deadlineMs));
      const nextMs = Math.min(dispatcher.nextDueMs() ?? Number.POSITIVE_INFINITY, ...ends);
      if (nextMs > untilMs) break;
      nowMs = Math.max(nowMs, nextMs);
      settle();
      for (const flush of dispatcher.advance(nowMs)) send(flush);
      save();
    }
    nowMs = untilMs;
  }

  function push(labels: Labels, isFiring: boolean): void {
    const startsAtMs = number(2) === 0 ? undefined : nowMs - number(120_000);
    const firingUntil = isPeace ? nowMs + 3_600_000 : number(3) === 0 ? undefined : nowMs + number(240_000);
    const endsAtMs = isFiring ? firingUntil : nowMs;
    assert.deepEqual(dispatcher.put([{ labels, startsAtMs: isFiring ? startsAtMs : nowMs - 1, endsAtMs }], nowMs), []);
    save();
  }

  function kill(): void {
    const rows = kept.read();
    assert.deepEqual(sorted(rows), sorted(dispatcher.snapshot()), "what changed is all that changed");
    // Of what was being sent some arrived, and nobody could write that down.
    for (const { flush } of inFlight) if (number(2) === 0) world.see(flush, false);
    inFlight = [];
    dispatcher = start();
    dispatcher.restore(rows, nowMs);
    save();
  }

  function reload(): void {
    const next = configs[number(2)] ?? configs[0];
    if (next !== config) world.move();
    config = next;
    const gone = new Set(dispatcher.reload(config, nowMs));
    inFlight = inFlight.filter(({ flush }) => !gone.has(flush));
    save();
  }

  function silence(): void {
    const matchers = [{ name: "job", operator: "=", value: "silenced" } as const];
    silences.set({ matchers, endsAtMs: nowMs + 1 + number(180_000), createdBy: "ada", comment: "c" }, nowMs);
  }

  for (let step = 0; step < 300; step++) {
    const action = number(20);
    if (action < 14) push(alerts[number(alerts.length)] ?? {}, number(3) > 0);
    else if (action < 16) silence();
    else if (action < 17) reload();
    else if (action < 19) kill();
    pass(number(4) === 0 ? number(60_000) : number(5_000));
  }
  isPeace = true;
  pass(240_000);
  const firing = new Set(alerts.filter(() => number(2) === 0));
  for (const labels of alerts) push(labels, firing.has(labels));
  pass(1_800_000);
  return { dispatcher, world, firing, config, nowMs };
}

function sorted({ alerts: kept, groups, log, acknowledgements }: DispatcherSnapshot): string[][] {
  return [kept, groups, log, acknowledgements].map((rows) => rows.map((row) => JSON.stringify(row)).sort());
}

for (let seed = 1; seed <= 40; seed++) {
  test(`life ${seed}`, () => {
    const { dispatcher, world, firing, config, nowMs } = live(seed);
    for (const labels of alerts) {
      const fingerprint = fingerprintOf(labels);
      const status = dispatcher.alert(fingerprint, nowMs);
      for (const [place, receiver] of status?.receivers.entries() ?? []) {
        for (const { index, sendResolved } of config.integrationsOf(receiver)) {
          const { told } = world.viewOf(receiver, index, status?.groupKeys[place] ?? "");
          const where = `${JSON.stringify(labels)} at ${receiver}[${index}]`;
          if (firing.has(labels)) assert.equal(told.get(fingerprint), "firing", where);
          else if (sendResolved && labels["job"] !== "silenced")
            assert.notEqual(told.get(fingerprint), "firing", where);
        }
      }
    }
    assert.equal(dispatcher.stats().inFlight, 0);
  });
}
