import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { type Amended, close, merge, note, split, update } from "./amend.ts";
import type { Incident, Member } from "./incident.ts";
import { listed } from "./incident-store.ts";

const by = { user: "ana", atMs: 9000 };

function member(fingerprint: string, endedAtMs?: number): Member {
  const labels = { alertname: `Alert-${fingerprint}`, service: "checkout" };
  const times = { startsAtMs: 1000, joinedAtMs: 1000, ...(endedAtMs !== undefined && { endedAtMs }) };
  return { fingerprint, labels, summary: "", severity: "error", reason: "it was the first", traceIds: [], ...times };
}

function incident(number: number, members: readonly Member[], more: Partial<Incident> = {}): Incident {
  return {
    incidentId: `id-${number}`,
    number,
    title: `incident ${number}`,
    owner: "",
    state: "open",
    openedAtMs: number * 1000,
    resolvedBy: "",
    mergedInto: "",
    members: new Map(members.map((one) => [one.fingerprint, one])),
    ...more,
  };
}

const told = ({ changes }: Amended) =>
  changes.entries.map(({ incidentId, kind, actor, text }) => [incidentId, kind, actor, text]);
const isOver = (error: unknown) => error instanceof AppError && error.code === "failed_precondition";
const isWrong = (error: unknown) => error instanceof AppError && error.code === "invalid_argument";

test("notes, titles and owners are written down with who did it", () => {
  const one = incident(1, [member("a")]);
  assert.deepEqual(told(note(one, "rolled back", by)), [["id-1", "note", "ana", "rolled back"]]);
  const changed = update(one, { title: "checkout is down", owner: "ben" }, by);
  assert.deepEqual([changed.incident.title, changed.incident.owner], ["checkout is down", "ben"]);
  assert.equal(changed.changes.entries.length, 2);
});

test("closing ends an incident once, and what still fires in it with it", () => {
  const { incident: closed, changes } = close(incident(1, [member("a"), member("b", 3000)]), "", by);
  assert.deepEqual([listed(closed).alerts, listed(closed).firing], [2, 0]);
  assert.deepEqual(
    changes.members.map(({ member: { fingerprint, endedAtMs } }) => [fingerprint, endedAtMs]),
    [["a", 9000]],
  );
  assert.deepEqual([closed.state, closed.resolvedAtMs, closed.resolvedBy], ["resolved", 9000, "ana"]);
  assert.throws(() => close(closed, "", by), isOver);
});

test("merging moves the alerts, ends the other one, and keeps what fires of an alert in both", () => {
  const into = incident(2, [member("a", 3000), member("b", 3000)], { state: "mitigated", quietSinceMs: 3000 });
  const from = incident(1, [member("a"), member("c")]);
  const merged = merge(into, from, by);
  assert.deepEqual([...merged.incident.members.keys()].sort(), ["a", "b", "c"]);
  assert.deepEqual(
    [merged.incident.state, merged.incident.openedAtMs, merged.incident.members.get("a")?.endedAtMs],
    ["open", 1000, undefined],
  );
  assert.equal(merged.incident.members.get("c")?.reason, "merged from incident 1 by ana");
  const [, ended] = merged.changes.incidents;
  assert.ok(ended);
  const { state, mergedInto, severityRank, services, alerts, firing } = listed(ended);
  assert.deepEqual([state, mergedInto, alerts, firing], ["resolved", "id-2", 2, 0]);
  assert.deepEqual([severityRank, services], [listed(from).severityRank, ["checkout"]]);
  assert.deepEqual(merged.changes.left, []);
  assert.throws(() => merge(into, into, by), isWrong);
  assert.throws(() => merge(into, incident(3, [], { state: "resolved" }), by), isOver);
});

test("splitting makes an incident of its own of some alerts, and leaves some", () => {
  const whole = incident(1, [member("a"), member("b", 3000), member("c")]);
  const own = { incidentId: "id-9", number: 9, title: "" };
  const parted = split(whole, { ...own, fingerprints: ["b", "b"] }, by);
  assert.deepEqual(
    [parted.incident.number, parted.incident.title, parted.incident.state],
    [9, "Alert-b on checkout", "mitigated"],
  );
  const [, left] = parted.changes.incidents;
  assert.deepEqual([[...(left?.members.keys() ?? [])], left?.state], [["a", "c"], "open"]);
  assert.equal(parted.incident.members.get("b")?.reason, "split from incident 1 by ana");
  for (const fingerprints of [[], ["a", "b", "c"], ["nosuch"]]) {
    assert.throws(() => split(whole, { ...own, fingerprints }, by), isWrong);
  }
});
