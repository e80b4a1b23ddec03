import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import type { ExpandTemplate } from "../evaluate/alert-texts.ts";
import type { TimedEvent } from "../evaluate/observe-events.ts";
import { planGroup } from "../evaluate/plan.ts";
import { parseRuleFile } from "../file/parse-rule-file.ts";
import { createExpandTemplate } from "../template/alert-template.ts";
import { type TriedRule, tryEvents } from "./try-events.ts";

const expand = createExpandTemplate({ externalLabels: {}, externalUrl: "", query: async () => [] });

/** An event at so many seconds, on a host. */
function at(
  seconds: number,
  host: string,
  details: Record<string, unknown> = {},
  type = "resource_threshold",
): TimedEvent {
  const nothing = { category: null, description: null, health_score: undefined, metadata: undefined };
  const view = {
    ...nothing,
    ...{ event_id: "", event_type: type, severity: "info", source: "test", target: host, title: type, details },
    ...{ labels: {}, resource_usage: undefined },
  };
  return { atMs: seconds * 1000, seenAtMs: seconds * 1000, view };
}

async function tried(
  rules: string,
  events: readonly TimedEvent[],
  looks = 1000,
  expanded = expand,
): Promise<readonly TriedRule[]> {
  const { file, problems } = parseRuleFile(`groups:\n- name: g\n  rules:\n${rules}`);
  assert.deepEqual(problems, []);
  const [group = assert.fail()] = file.groups;
  return tryEvents(planGroup(group), events, {
    expand: expanded,
    budget: { looks },
    signal: new AbortController().signal,
  });
}

/** Such as `web-1: pending 0 fired 60 ended 300`. */
const timesOf = ({ alerts }: TriedRule) =>
  alerts.map(({ labels, pendingAtMs, firedAtMs, endedAtMs }) => {
    const said = (word: string, ms: number | undefined) => (ms === undefined ? "" : ` ${word} ${ms / 1000}`);
    return `${labels["target"]}:${said("pending", pendingAtMs)}${said("fired", firedAtMs)}${said("ended", endedAtMs)}`;
  });

const cpu = `
  - alert: busy
    labels: { severity: warning }
    annotations: { summary: "{{ $labels.target }} is busy" }
    sightline:
      events:
        condition: "event_type == 'resource_threshold' and details.get('resource_type') == 'cpu' and details.get('usage_percent') > 90"
        threshold_count: 3
        threshold_time_window: 300
        group_by: [target]
`;
const busy = { resource_type: "cpu", usage_percent: 95 };

test("three events of five minutes make an alert, and it is said which they were", async () => {
  const events = [
    at(200, "web-1", busy),
    at(0, "web-1", busy),
    at(10, "web-1", { resource_type: "cpu", usage_percent: 90 }),
    at(20, "web-1", { resource_type: "disk", usage_percent: 99 }),
    at(30, "web-2", busy),
    at(100, "web-1", busy),
    at(40, "web-2", busy),
  ];
  const [rule = assert.fail()] = await tried(cpu, events);
  assert.deepEqual(rule.counted, [0, 1, 4, 5, 6]);
  assert.deepEqual(timesOf(rule), ["web-1: fired 200 ended 300"]);
  const [alert] = rule.alerts;
  assert.deepEqual(alert?.labels, { alertname: "busy", severity: "warning", target: "web-1" });
  assert.deepEqual(alert?.annotations, { summary: "web-1 is busy" });
  assert.equal(alert?.value, 3);
});

test("just too few, and just too late, make none", async () => {
  const [few = assert.fail()] = await tried(cpu, [at(0, "a", busy), at(10, "a", busy)]);
  assert.deepEqual([few.counted, few.alerts], [[0, 1], []]);
  const [late = assert.fail()] = await tried(cpu, [at(0, "a", busy), at(10, "a", busy), at(300, "a", busy)]);
  assert.deepEqual([late.counted, late.alerts], [[0, 1, 2], []]);
  const [soon = assert.fail()] = await tried(cpu, [at(0, "a", busy), at(10, "a", busy), at(299, "a", busy)]);
  assert.deepEqual(timesOf(soon), ["a: fired 299 ended 300"]);
});

const down = (more: string) => `
  - alert: down
    ${more}
    sightline:
      events: { condition: "event_type == 'down'", resolve_when: "event_type == 'up'", threshold_time_window: 60, group_by: [target] }
`;

test("what events end lasts until they do, and may begin again", async () => {
  const events = [at(0, "a", {}, "down"), at(1000, "a", {}, "up"), at(2000, "a", {}, "down"), at(9, "b", {}, "up")];
  const [rule = assert.fail()] = await tried(down("for: 0s"), events);
  assert.deepEqual(
    [rule.counted, rule.ending],
    [
      [0, 2],
      [1, 3],
    ],
  );
  assert.deepEqual(timesOf(rule), ["a: fired 0 ended 1000", "a: fired 2000"]);
});

test("for and keep_firing_for are waited for", async () => {
  const [waits = assert.fail()] = await tried(down("for: 5m"), [at(0, "a", {}, "down"), at(400, "a", {}, "up")]);
  assert.deepEqual(timesOf(waits), ["a: pending 0 fired 300 ended 400"]);
  const [never = assert.fail()] = await tried(down("for: 5m"), [at(0, "a", {}, "down"), at(100, "a", {}, "up")]);
  assert.deepEqual(timesOf(never), ["a: pending 0 ended 100"]);
  const once = `
  - alert: once
    keep_firing_for: 2m
    sightline: { events: { condition: "event_type == 'down'", threshold_time_window: 60, group_by: [target] } }
`;
  const [keeps = assert.fail()] = await tried(once, [at(0, "a", {}, "down")]);
  assert.deepEqual(timesOf(keeps), ["a: fired 0 ended 180"]);
});

test("rules of other kinds are left out, and there is an end to what is tried", async () => {
  assert.deepEqual(await tried("  - { alert: up, expr: up == 0 }", [at(0, "a", busy)]), []);
  await assert.rejects(
    tried(
      cpu,
      Array.from({ length: 20 }, (_, second) => at(second, "a", busy)),
      10,
    ),
    (error) => error instanceof AppError && error.code === "resource_exhausted" && /the rule busy/.test(error.message),
  );
});

test("each group of events counts as something to look at", async () => {
  const events = Array.from({ length: 20 }, (_, second) => at(second, `web-${second}`, busy));
  await assert.rejects(tried(cpu, events, 150), { code: "resource_exhausted" });
  const sameHost = events.map((event) => ({ ...event, view: { ...event.view, target: "web-1" } }));
  assert.equal((await tried(cpu, sameHost, 150))[0]?.counted.length, 20);
});

test("others have their turns while much is tried", async () => {
  let turns = 0;
  const events = Array.from({ length: 6 }, (_, second) => at(second, `web-${second}`, busy));
  const slow: ExpandTemplate = (...given) => {
    const untilMs = performance.now() + 5;
    while (performance.now() < untilMs);
    return expand(...given);
  };
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await tried(cpu.replace("threshold_count: 3", "threshold_count: 1"), events, 10_000, slow);
  isOver = true;
  assert.ok(turns >= 10, `${turns} turns in all`);
});
