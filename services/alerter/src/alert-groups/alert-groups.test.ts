// What people see of alerts first: which groups, in which order, counted as what, and page by page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createDispatcher } from "@sightline/alertmanager/dispatch/dispatcher";
import { configOf } from "@sightline/alertmanager/dispatch/testing/config";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import type { Labels } from "@sightline/alertmanager/notification";
import {
  type GroupedAlertFilter,
  GroupedAlertState,
  type GroupSummary,
  ListGroupedAlertsRequest,
  ListGroupSummariesRequest,
} from "@sightline/proto/sightline/alert/v1/alert_group_service";
import { groupHash } from "../channels/group-hash.ts";
import { createAlertGroups } from "./alert-groups.ts";

const tenant = "acme";
const nowMs = Date.UTC(2026, 0, 5, 3, 12);
const MINUTE_MS = 60_000;

const config = `
route:
  receiver: all
  group_by: [alertname]
  routes:
  - matchers: [team="night"]
    receiver: day
    mute_time_intervals: [always]
inhibit_rules:
- source_matchers: [alertname="Down"]
  target_matchers: [alertname="Slow"]
  equal: [host]
time_intervals:
- name: always
  time_intervals: [{times: [{start_time: "00:00", end_time: "24:00"}]}]
receivers: [{name: all}, {name: day}]
`;

const down = { alertname: "Down", host: "a", severity: "critical" };
const slow = { alertname: "Slow", host: "a", severity: "warning" };
const slowElsewhere = { alertname: "Slow", host: "b", severity: "warning" };
const disks = ["a", "b", "c"].map((host) => ({ alertname: "Disk", host, severity: "error" }));
const ofNight = { alertname: "Backup", team: "night", severity: "critical" };

/** Alerts of all kinds; the disks are somebody's. */
function seen() {
  const dispatcher = createDispatcher({
    config: configOf(config),
    silences: { mutedBy: () => [] },
    maintenance: { mutedBy: () => [] },
    decide: () => undefined,
    maxAlerts: 10_000,
    maxGroups: 1000,
    externalUrl: "http://here",
  });
  const put = (labels: Labels, minutes: number) =>
    dispatcher.put([{ labels, startsAtMs: nowMs - minutes * MINUTE_MS }], nowMs);
  put(down, 30);
  put(slow, 20);
  put(slowElsewhere, 10);
  for (const labels of disks) put(labels, 5);
  put(ofNight, 1);
  put({ alertname: "Over", severity: "critical" }, 1);
  dispatcher.put([{ labels: { alertname: "Over", severity: "critical" }, endsAtMs: nowMs }], nowMs);
  dispatcher.acknowledge({ groupKey: '{}:{alertname="Disk"}' }, { by: "ann", note: "on it", atMs: nowMs });
  const groups = createAlertGroups({ views: { of: async () => ({ dispatcher }) }, clock: () => nowMs });
  return { dispatcher, groups };
}

function line({ labels, receiver, firing, acknowledged, suppressed, severity, alerts }: GroupSummary): string {
  const name = `${labels["alertname"] ?? ""} to ${receiver}`;
  return `${name}: ${firing}/${acknowledged}/${suppressed} ${severity}, ${alerts.length} come with it`;
}

test("what needs somebody comes first, the worst of it before the rest", async () => {
  const { groups } = seen();
  const answer = await groups.list(tenant, ListGroupSummariesRequest.fromPartial({ alertsPerGroup: 2 }));
  assert.deepEqual(answer.groups.map(line), [
    "Down to all: 1/0/0 critical, 1 come with it",
    "Slow to all: 1/0/1 warning, 2 come with it",
    "Disk to all: 0/3/0 error, 2 come with it",
    "Backup to day: 0/0/1 critical, 1 come with it",
  ]);
  const { firing, acknowledged, suppressed, totalGroups } = answer;
  assert.deepEqual(
    { firing, acknowledged, suppressed, totalGroups },
    { firing: 2, acknowledged: 3, suppressed: 2, totalGroups: 4 },
  );
  const [, second, third, last] = answer.groups;
  assert.deepEqual(
    second?.alerts.map(({ inhibitedBy }) => inhibitedBy),
    [[], [fingerprintOf(down)]],
  );
  assert.equal(third?.care?.acknowledgedBy, "ann");
  assert.deepEqual(last?.alerts[0]?.mutedBy, ["always"]);
});

test("filters, states and pages", async () => {
  const { groups } = seen();
  const filtered = (filter: Partial<GroupedAlertFilter>) => ({ filter: { matchers: "", states: [], ...filter } });
  const cases: { name: string; request: Partial<ListGroupSummariesRequest>; want: string[] }[] = [
    { name: "matchers", request: filtered({ matchers: '{host="a",severity!="error"}' }), want: ["Down", "Slow"] },
    { name: "states", request: filtered({ states: [GroupedAlertState.SUPPRESSED] }), want: ["Backup", "Slow"] },
    { name: "a page", request: { offset: 1, limit: 2 }, want: ["Slow", "Disk"] },
    { name: "behind the end", request: { offset: 9 }, want: [] },
    { name: "one group", request: { groupId: groupHash('{}:{alertname="Disk"}') }, want: ["Disk"] },
  ];
  for (const { name, request, want } of cases) {
    const answer = await groups.list(tenant, { ...ListGroupSummariesRequest.create(), ...request });
    assert.deepEqual(
      answer.groups.map(({ labels }) => labels["alertname"]),
      want,
      name,
    );
  }
  const broken = ListGroupSummariesRequest.fromPartial({ filter: { matchers: "{host" } });
  await assert.rejects(groups.list(tenant, broken), { code: "invalid_argument" });
});

test("the alerts of a group come page by page", async () => {
  const { groups } = seen();
  const of = (more: object) =>
    groups.alerts(
      tenant,
      ListGroupedAlertsRequest.fromPartial({ groupId: groupHash('{}:{alertname="Disk"}'), ...more }),
    );
  const first = await of({ limit: 2 });
  const second = await of({ limit: 2, offset: 2 });
  assert.equal(first.total, 3);
  assert.deepEqual(
    [...first.alerts, ...second.alerts].map(({ labels }) => labels["host"]),
    ["a", "b", "c"],
  );
  assert.deepEqual(await of({ receiver: "nobody" }), { alerts: [], total: 0 });
});

test("one alert tells its groups; one that is over is not found", async () => {
  const { groups } = seen();
  const found = await groups.get(tenant, fingerprintOf(slow));
  assert.equal(found.alert?.state, GroupedAlertState.SUPPRESSED);
  assert.deepEqual(found.groups.map(line), ["Slow to all: 1/0/1 warning, 0 come with it"]);
  const over = fingerprintOf({ alertname: "Over", severity: "critical" });
  await assert.rejects(groups.get(tenant, over), { code: "not_found" });
});
