import assert from "node:assert/strict";
import { test } from "node:test";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import { severityOfLabels } from "../channels/severity.ts";
import { type CorrelatorOptions, createCorrelator } from "./correlator.ts";
import { firingOf, type Incident, type IncidentChanges, severityOf } from "./incident.ts";
import { topologyOf } from "./topology.ts";

const MINUTE = 60_000;
const dayMs = Date.parse("2026-11-21T00:00:00Z");
const topology = topologyOf([
  { client: "web", server: "checkout" },
  { client: "checkout", server: "payments" },
]);

/** `03:10` of the day. */
function atMs(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return dayMs + (hours * 60 + minutes) * MINUTE;
}

/** `name service=checkout severity=critical` */
function labelsOf(words: readonly string[]): Record<string, string> {
  const [alertname = "", ...pairs] = words;
  return { alertname, ...Object.fromEntries(pairs.map((pair) => pair.split("="))) };
}

/** What is known of incidents, as whoever reads them back would. */
function createKept() {
  const incidents = new Map<string, Incident>();
  const lines: string[] = [];
  const numberOf = (incidentId: string) => incidents.get(incidentId)?.number ?? "?";
  return {
    incidents,
    lines,
    put(changes: IncidentChanges) {
      for (const incident of changes.incidents) incidents.set(incident.incidentId, incident);
      for (const { incidentId, kind, actor, text, atMs: happenedMs } of changes.entries) {
        const time = new Date(happenedMs).toISOString().slice(11, 16);
        lines.push(`${time} ${numberOf(incidentId)} ${kind} ${actor === "" ? "" : `${actor}: `}${text}`);
      }
    },
  };
}

const bounds = { quietMs: 15 * MINUTE, maxOpen: 100, maxMembers: 100 };

interface Play extends Partial<Pick<CorrelatorOptions, "maxOpen" | "maxMembers">> {
  /** Begins anew from what was kept before each step, as another replica does. */
  readonly forgetful?: boolean;
}

/**
 * Plays a time line and answers with what incidents it made. Each step is `03:10 fires name label=value…`, `ends …`, `acknowledged by …`,
 * `told receiver …`, or `03:30` alone, which only lets time pass.
 */
function play(steps: string, { forgetful = false, ...own }: Play = {}) {
  const kept = createKept();
  let ids = 0;
  const begin = () =>
    createCorrelator({
      ...bounds,
      ...own,
      newId: () => `incident-${++ids}`,
      incidents: [...kept.incidents.values()].filter(({ state }) => state !== "resolved"),
      lastNumber: Math.max(0, ...[...kept.incidents.values()].map(({ number }) => number)),
    });
  let correlator = begin();
  const leftOut: string[] = [];
  for (const step of steps.trim().split("\n")) {
    if (forgetful) correlator = begin();
    const [time = "", verb = "", ...words] = step.trim().split(/\s+/);
    const nowMs = atMs(time);
    correlator.advance(nowMs);
    const who = verb === "acknowledged" || verb === "told" ? words.shift() : undefined;
    const labels = labelsOf(words);
    const fingerprint = fingerprintOf(labels);
    if (verb === "fires") {
      const severity = severityOfLabels(labels) ?? "warning";
      const alert = { fingerprint, labels, annotations: {}, severity, startsAtMs: nowMs };
      leftOut.push(...[correlator.fires(alert, nowMs, topology) ?? []].flat());
    } else if (verb === "ends") correlator.ended(fingerprint, nowMs, "its sender said that it ended");
    else if (verb === "acknowledged")
      correlator.cared([fingerprint], { user: who ?? "", text: "mine", takes: true }, nowMs);
    else if (verb === "told") correlator.notified([fingerprint], who ?? "", nowMs);
    kept.put(correlator.changes());
  }
  return { lines: kept.lines, incidents: [...kept.incidents.values()], leftOut };
}

const cases: [name: string, steps: string, want: string][] = [
  [
    "alerts of one service are one incident, until it is quiet",
    `03:00 fires HighErrorRate service=checkout severity=warning
     03:02 fires HighLatency service=checkout severity=critical
     03:05 ends HighErrorRate service=checkout severity=warning
     03:06 ends HighLatency service=checkout severity=critical
     03:20
     03:21`,
    `03:00 1 opened HighErrorRate on checkout
     03:02 1 joined HighLatency on checkout: same service checkout
     03:05 1 ended HighErrorRate on checkout: its sender said that it ended
     03:06 1 ended HighLatency on checkout: its sender said that it ended
     03:06 1 mitigated none of its alerts fires any more
     03:21 1 resolved none of its alerts has fired for 15 minutes`,
  ],
  [
    "what calls, and what is called by, what alerts",
    `03:10 fires Down service=payments
     03:11 fires HighErrorRate service=checkout
     03:12 fires HighLatency service=web
     03:12 fires Unrelated service=search`,
    `03:10 1 opened Down on payments
     03:11 1 joined HighErrorRate on checkout: calls payments, which alerts since 03:10
     03:12 1 joined HighLatency on web: calls checkout, which alerts since 03:11
     03:12 2 opened Unrelated on search`,
  ],
  [
    "the cause may be noticed last",
    `03:10 fires HighErrorRate service=checkout
     03:14 fires Down service=payments`,
    `03:10 1 opened HighErrorRate on checkout
     03:14 1 joined Down on payments: is called by checkout, which alerts since 03:10`,
  ],
  [
    "neighbours that alert at other times have nothing to do with each other",
    `03:10 fires Down service=payments
     03:41 fires HighErrorRate service=checkout`,
    `03:10 1 opened Down on payments
     03:41 2 opened HighErrorRate on checkout`,
  ],
  [
    "the same trace is more telling than the same service, and knows no place",
    `03:10 fires Slow service=search cluster=a trace_id=4bf92f3577b34da6a3ce929d0e0e4736
     03:11 fires HighErrorRate service=mail cluster=b
     03:12 fires Failed service=mail cluster=b trace_id=4bf92f3577b34da6a3ce929d0e0e4736`,
    `03:10 1 opened Slow on search
     03:11 2 opened HighErrorRate on mail
     03:12 1 joined Failed on mail: same trace 4bf92f3577b34da6a3ce929d0e0e4736`,
  ],
  [
    "a service of another cluster is another service",
    `03:10 fires HighErrorRate service=checkout cluster=a
     03:11 fires HighErrorRate service=checkout cluster=b
     03:12 fires HighLatency service=checkout`,
    `03:10 1 opened HighErrorRate on checkout
     03:11 2 opened HighErrorRate on checkout
     03:12 1 joined HighLatency on checkout: same service checkout`,
  ],
  [
    "one host, whatever its ports, and one alert of many hosts at once",
    `03:10 fires DiskFull instance=db-1:9100
     03:11 fires Down instance=db-1:5432
     03:12 fires Down instance=db-2:5432
     03:20 fires DiskFull instance=db-3:9100`,
    `03:10 1 opened DiskFull on db-1
     03:11 1 joined Down on db-1: same host db-1
     03:12 1 joined Down on db-2: same alert Down within 5 minutes
     03:20 2 opened DiskFull on db-3`,
  ],
  [
    "an alert that flaps stays in its incident, which is mitigated and open by turns",
    `03:00 fires Flaps service=a
     03:01 ends Flaps service=a
     03:10 fires Flaps service=a
     03:11 ends Flaps service=a
     03:27 fires Flaps service=a`,
    `03:00 1 opened Flaps on a
     03:01 1 ended Flaps on a: its sender said that it ended
     03:01 1 mitigated none of its alerts fires any more
     03:10 1 fires_again Flaps on a
     03:10 1 reopened an alert of it fires again
     03:11 1 ended Flaps on a: its sender said that it ended
     03:11 1 mitigated none of its alerts fires any more
     03:26 1 resolved none of its alerts has fired for 15 minutes
     03:27 2 opened Flaps on a`,
  ],
  [
    "who takes care and who is told is in the time line; news open nothing and join",
    `03:00 fires Deployed service=a severity=info
     03:01 fires Down service=a severity=critical
     03:02 told ops Down service=a severity=critical
     03:03 acknowledged ana Down service=a severity=critical
     03:04 fires Deployed service=a severity=info`,
    `03:01 1 opened Down on a
     03:02 1 notified ops: was told of Down on a
     03:03 1 acknowledged ana: Down on a: mine
     03:04 1 joined Deployed on a: same service a`,
  ],
  [
    "what is told twice happened once",
    `03:00 fires Down service=a
     03:00 fires Down service=a
     03:01 ends Down service=a
     03:01 ends Down service=a
     03:02 ends Other service=b`,
    `03:00 1 opened Down on a
     03:01 1 ended Down on a: its sender said that it ended
     03:01 1 mitigated none of its alerts fires any more`,
  ],
];

for (const [name, steps, want] of cases) {
  test(name, () => {
    const lines = want.split("\n").map((line) => line.trim());
    assert.deepEqual(play(steps).lines, lines);
    assert.deepEqual(play(steps, { forgetful: true }).lines, lines, "begun anew at each step");
  });
}

test("an incident is as bad as the worst of its alerts ever was, and is whose who acknowledged first", () => {
  const { incidents } = play(`03:00 fires Down service=a severity=critical
    03:01 fires Slow service=a severity=warning
    03:02 ends Down service=a severity=critical
    03:03 acknowledged ben Slow service=a severity=warning
    03:04 acknowledged ana Slow service=a severity=warning`);
  const [incident] = incidents;
  assert.ok(incident);
  assert.deepEqual(
    [severityOf(incident), firingOf(incident), incident.state, incident.owner, incident.title],
    ["critical", 1, "open", "ben", "Down on a"],
  );
});

test("what is too many is said, and an incident that is full is joined no more", () => {
  const storm = Array.from({ length: 5 }, (_, at) => `03:00 fires Alert${at} service=s${at}`).join("\n");
  const { incidents, leftOut } = play(storm, { maxOpen: 3 });
  assert.deepEqual([incidents.length, leftOut], [3, ["too_many_incidents", "too_many_incidents"]]);
  const crowd = Array.from({ length: 5 }, (_, at) => `03:00 fires Alert${at} service=one`).join("\n");
  const full = play(crowd, { maxMembers: 2 });
  assert.deepEqual(
    full.incidents.map(({ members }) => members.size),
    [2, 2, 1],
  );
});

test("ten thousand alerts are made incidents of within seconds", () => {
  const correlator = createCorrelator({
    ...bounds,
    maxMembers: 1000,
    incidents: [],
    lastNumber: 0,
    newId: () => crypto.randomUUID(),
  });
  const before = process.cpuUsage();
  for (let at = 0; at < 10_000; at++) {
    const labels = { alertname: `Alert${at % 50}`, service: `service-${at % 200}`, instance: `host-${at}:1` };
    const alert = {
      fingerprint: fingerprintOf(labels),
      labels,
      annotations: {},
      severity: "error" as const,
      startsAtMs: dayMs,
    };
    correlator.fires(alert, dayMs, topology);
  }
  const { user, system } = process.cpuUsage(before);
  const members = correlator.changes().members.length;
  assert.equal(members, 10_000);
  assert.ok(user + system < 3_000_000, `${(user + system) / 1000} ms of CPU time`);
});
