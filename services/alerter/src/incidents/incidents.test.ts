// From alerts that are sent to incidents, with a real Postgres: what belongs together, what people do to it, and that another replica goes
// on where one ended.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  ExplainAlertRequest,
  ListAlertGroupsRequest,
  PostAlertsRequest,
} from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import {
  type GetIncidentResponse,
  type Incident,
  IncidentState,
  ListIncidentsRequest,
} from "@sightline/proto/sightline/alert/v1/incident_service";
import { eventually } from "@sightline/testkit/eventually";
import { startNats, startPostgres, type TestServer } from "@sightline/testkit/servers";
import { fails } from "../testing/calls.ts";
import { startReceiver } from "../testing/receiver.ts";
import { type Alerter, createWorld, ofTenant } from "../testing/world.ts";
import { lockIncidents, readEntries, writeIncidents } from "./incident-store.ts";

const incidents = { quietSeconds: 900, intervalMs: 50, maxOpen: 100, maxMembers: 100, keepDays: 365 };

describe("incidents", () => {
  let nats: TestServer;
  let postgres: TestServer;
  before(async () => {
    [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  });
  after(async () => {
    await Promise.all([nats.stop(), postgres.stop()]);
  });
  const world = () => createWorld({ postgresUrl: postgres.url, natsUrl: nats.url });

  async function send(alerter: Alerter, labels: Record<string, string>, isOver = false): Promise<void> {
    const endsAtUnixMs = BigInt(Date.now() + (isOver ? 0 : 3_600_000));
    const request = PostAlertsRequest.fromPartial({ alerts: [{ labels, endsAtUnixMs }] });
    await alerter.alertmanager.call("postAlerts", request, ofTenant);
  }

  async function list(alerter: Alerter, ...states: IncidentState[]): Promise<Incident[]> {
    const request = ListIncidentsRequest.fromPartial({ states });
    return (await alerter.incidents.call("listIncidents", request, ofTenant)).incidents;
  }

  function get(alerter: Alerter, incident: string): Promise<GetIncidentResponse> {
    return alerter.incidents.call("getIncident", { incident }, ofTenant);
  }

  const kindsOf = ({ entries }: GetIncidentResponse) => entries.map(({ kind }) => kind);
  const user = { userId: "ana" };

  /** The one incident, once so many alerts are part of it. */
  const withAlerts = (alerter: Alerter, count: number) =>
    eventually(async () => {
      const [incident, ...more] = await list(alerter);
      assert.equal(more.length, 0);
      assert.equal(incident?.alerts, count);
      return incident;
    });

  test("alerts of neighbours are one incident, which says why, whom it told and when it was over", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    here.storage.set("traces_service_graph_request_total", 12, { client: "checkout", server: "payments" });
    await using alerter = await here.startAlerter({ incidents: { ...incidents, quietSeconds: 1 } });
    const source = `
route: { receiver: all, group_wait: 10ms, group_interval: 100ms }
receivers: [{ name: all, webhook_configs: [{ url: "${receiver.url}" }] }]`;
    const configuration = { source, templates: {}, author: "ann", onlyCheck: false, keepTemplates: false };
    await alerter.alertmanager.call("putConfiguration", configuration, ofTenant);
    const down = { alertname: "Down", service: "payments", severity: "critical" };
    const slow = { alertname: "Slow", service: "checkout", severity: "warning" };
    await send(alerter, down);
    const first = await withAlerts(alerter, 1);
    await send(alerter, slow);
    await send(alerter, { alertname: "Deployed", service: "other", severity: "info" });
    await withAlerts(alerter, 2);
    const whole = await eventually(async () => {
      const got = await get(alerter, String(first.number));
      assert.ok(kindsOf(got).includes("notified"), kindsOf(got).join());
      return got;
    });
    assert.deepEqual([whole.incident?.title, whole.incident?.number], ["Down on payments", 1n]);
    assert.match(whole.alerts[1]?.reason ?? "", /^calls payments, which alerts since \d\d:\d\d$/);
    assert.match(whole.withoutDeployments, /metrics only/);
    const { fingerprint = "" } = whole.alerts[1] ?? {};
    const about = ExplainAlertRequest.fromPartial({ alert: { $case: "fingerprint", value: fingerprint } });
    const { decisions } = await alerter.alertmanager.call("explainAlert", about, ofTenant);
    const joined = decisions.find(({ step }) => step === "correlated");
    assert.deepEqual([joined?.reason, joined?.detail], [whole.alerts[1]?.reason, "incident 1, Down on payments"]);
    const note = { note: "on it", verb: { $case: "acknowledge", value: {} } } as const;
    const of = { $case: "fingerprint", value: whole.alerts[0]?.fingerprint ?? "" } as const;
    await alerter.actions.call("actOnAlert", { alert: of, action: note, userId: "eve" }, ofTenant);
    await eventually(async () => {
      const { incident, entries } = await get(alerter, first.incidentId);
      assert.equal(incident?.owner, "eve");
      assert.deepEqual(
        entries.filter(({ kind }) => kind === "acknowledged").map(({ actor, text }) => [actor, text]),
        [["eve", "Down on payments: somebody takes care of it, on it"]],
      );
    });
    await send(alerter, down, true);
    await send(alerter, slow, true);
    await eventually(async () => {
      const [over] = await list(alerter, IncidentState.RESOLVED);
      assert.equal(over?.incidentId, first.incidentId);
      assert.equal(over?.firing, 0);
    });
    const kinds = kindsOf(await get(alerter, first.incidentId)).filter((kind) => kind !== "notified");
    assert.deepEqual(kinds, ["opened", "joined", "acknowledged", "ended", "ended", "mitigated", "resolved"]);
  });

  test("people note, own, split, merge and close; what joins afterwards finds it as they left it", async () => {
    await using here = await world();
    await using alerter = await here.startAlerter({ incidents });
    const alert = (alertname: string) => ({ alertname, service: "checkout" });
    await send(alerter, alert("A"));
    await send(alerter, alert("B"));
    const { incidentId } = await withAlerts(alerter, 2);
    const about = { incident: incidentId, ...user };
    await alerter.incidents.call("addIncidentNote", { ...about, text: "rolled back" }, ofTenant);
    const changed = await alerter.incidents.call(
      "updateIncident",
      { ...about, title: "it is down", owner: "ben" },
      ofTenant,
    );
    assert.deepEqual([changed.incident?.title, changed.incident?.owner], ["it is down", "ben"]);
    const before = await get(alerter, "1");
    const fingerprints = before.alerts
      .filter(({ labels }) => labels["alertname"] === "B")
      .map((one) => one.fingerprint);
    const parted = await alerter.incidents.call("splitIncident", { ...about, fingerprints, title: "" }, ofTenant);
    assert.deepEqual(
      [parted.incident?.number, parted.incident?.title, parted.incident?.alerts],
      [2n, "B on checkout", 1],
    );
    const merged = await alerter.incidents.call("mergeIncidents", { ...about, from: "2" }, ofTenant);
    assert.equal(merged.incident?.alerts, 2);
    const gone = await get(alerter, "2");
    assert.deepEqual(
      [gone.incident?.severity, gone.incident?.alerts, gone.incident?.firing, gone.alerts.length],
      [parted.incident?.severity, 1, 0, 1],
    );
    await send(alerter, alert("C"));
    await withAlerts(alerter, 3);
    const closed = await alerter.incidents.call("closeIncident", { ...about, note: "enough" }, ofTenant);
    const { state, resolvedBy, alerts, firing } = closed.incident ?? {};
    assert.deepEqual([state, resolvedBy, alerts, firing], [IncidentState.RESOLVED, "ana", 3, 0]);
    // What fires in it is over with it; what fires next is another one.
    await send(alerter, alert("A"));
    await send(alerter, alert("D"));
    const next = await withAlerts(alerter, 1);
    assert.deepEqual([next.number, next.title], [3n, "D on checkout"]);
    const kinds = kindsOf(await get(alerter, incidentId));
    assert.deepEqual(
      kinds.filter((kind) => kind !== "notified"),
      ["opened", "joined", "note", "changed", "changed", "split", "merged", "joined", "resolved"],
    );
  });

  test("what is over when it comes in opens nothing, and opens nothing again", async () => {
    await using here = await world();
    await using alerter = await here.startAlerter({ incidents });
    const checkout = { alertname: "A", service: "checkout" };
    await send(alerter, checkout);
    const { incidentId } = await withAlerts(alerter, 1);
    await send(alerter, checkout, true);
    await send(alerter, { alertname: "Built", service: "ci" }, true);
    await send(alerter, { alertname: "Deployed", service: "checkout" }, true);
    await send(alerter, { alertname: "B", service: "other" });
    await eventually(async () => {
      const all = await list(alerter);
      assert.deepEqual(all.map(({ title }) => title).sort(), ["A on checkout", "B on other"]);
    });
    const { incident, entries } = await get(alerter, incidentId);
    assert.equal(incident?.state, IncidentState.MITIGATED);
    assert.deepEqual(
      entries.map(({ kind }) => kind).filter((kind) => kind !== "notified"),
      ["opened", "ended", "mitigated"],
    );
  });

  test("what is wrong is said, and a tenant sees nothing of another", async () => {
    await using here = await world();
    await using alerter = await here.startAlerter({ incidents });
    await send(alerter, { alertname: "A", service: "checkout" });
    const { incidentId } = await withAlerts(alerter, 1);
    const { incidents: client } = alerter;
    const about = { incident: incidentId, ...user };
    await fails(client.call("getIncident", { incident: "99" }, ofTenant), "not_found", /99/);
    await fails(client.call("getIncident", { incident: "" }, ofTenant), "not_found", /none/);
    const page = (before: string) =>
      client.call("listIncidents", ListIncidentsRequest.fromPartial({ before }), ofTenant);
    await fails(page("yesterday"), "invalid_argument", /before: got "yesterday", want the id or the number/);
    await fails(page("99"), "not_found", /before "99"/);
    assert.deepEqual((await page("1")).incidents, []);
    await fails(client.call("addIncidentNote", { ...about, text: " " }, ofTenant), "invalid_argument", /text/);
    await fails(
      client.call("addIncidentNote", { ...about, userId: "", text: "a" }, ofTenant),
      "invalid_argument",
      /user_id/,
    );
    await fails(
      client.call("updateIncident", { ...about, title: undefined, owner: undefined }, ofTenant),
      "invalid_argument",
      /nothing/,
    );
    await fails(client.call("mergeIncidents", { ...about, from: "1" }, ofTenant), "invalid_argument", /itself/);
    await fails(
      client.call("splitIncident", { ...about, fingerprints: ["x"], title: "" }, ofTenant),
      "invalid_argument",
      /fingerprints/,
    );
    const other = { ...ofTenant, tenant: "other" };
    await fails(client.call("getIncident", { incident: incidentId }, other), "not_found", /none/);
    await fails(client.call("closeIncident", { ...about, note: "" }, other), "not_found", /none/);
    await client.call("closeIncident", { ...about, note: "" }, ofTenant);
    await fails(client.call("closeIncident", { ...about, note: "" }, ofTenant), "failed_precondition", /over/);
  });

  test("a time line keeps the newest of what comes again and again, and all that people wrote, so much as it may be", async () => {
    await using here = await world();
    const { sql, tenant } = here;
    const members = new Map();
    const incident = { incidentId: crypto.randomUUID(), number: 1, title: "flaps", owner: "", members } as const;
    const made = { ...incident, state: "open", openedAtMs: 0, resolvedBy: "", mergedInto: "" } as const;
    const entry = (atMs: number, kind: "notified" | "note" | "changed") => {
      return { incidentId: made.incidentId, atMs, kind, actor: "", text: `${atMs}`, fingerprint: "" };
    };
    const notes = Array.from({ length: 1000 }, () => entry(0, "note"));
    const many = (kind: "notified" | "changed") => Array.from({ length: 2100 }, (_, at) => entry(at + 1, kind));
    const entries = [...notes, ...many("notified"), ...many("changed")];
    await sql.transaction(async (tx) => {
      await lockIncidents(tx, tenant);
      await writeIncidents(tx, tenant, { incidents: [made], members: [], left: [], entries });
    });
    const kept = await readEntries(sql, tenant, made.incidentId);
    assert.deepEqual(Map.groupBy(kept, ({ kind }) => kind).size, 3);
    assert.deepEqual([kept.length, kept[0]?.kind, kept[1000]?.text, kept.at(-1)?.text], [5000, "note", "101", "2100"]);
    await using alerter = await here.startAlerter({ incidents });
    const another = alerter.incidents.call("addIncidentNote", { incident: "1", ...user, text: "one more" }, ofTenant);
    await fails(another, "failed_precondition", /incident 1: it has 1000, want 1000 at most/);
  });

  test("who takes care of a group takes care of its alerts' incident", async () => {
    await using here = await world();
    await using alerter = await here.startAlerter({ incidents });
    await send(alerter, { alertname: "A", service: "checkout", instance: "one" });
    await send(alerter, { alertname: "A", service: "checkout", instance: "two" });
    await withAlerts(alerter, 2);
    const groupKeys: string[] = [];
    const request = ListAlertGroupsRequest.fromPartial({});
    for await (const { groups } of alerter.alertmanager.stream("listAlertGroups", request, ofTenant)) {
      groupKeys.push(...groups.map(({ groupKey }) => groupKey));
    }
    const [groupKey = ""] = groupKeys;
    const action = { note: "", verb: { $case: "acknowledge", value: {} } } as const;
    await alerter.actions.call("actOnAlertGroup", { groupKey, action, userId: "eve" }, ofTenant);
    await eventually(async () => {
      const { incident, entries } = await get(alerter, "1");
      const said = entries.filter(({ kind }) => kind === "acknowledged").map(({ text }) => text);
      assert.deepEqual([incident?.owner, said], ["eve", ["2 alerts: somebody takes care of it"]]);
    });
  });

  test("another replica goes on where one ended, and nothing is made twice", async () => {
    await using here = await world();
    await using second = await here.startAlerter({ incidents });
    const one = await here.startAlerter({ incidents });
    await send(one, { alertname: "A", service: "checkout" });
    await withAlerts(second, 1);
    await one.stop();
    await send(second, { alertname: "B", service: "checkout" });
    await send(second, { alertname: "A", service: "checkout" }, true);
    const { incidentId } = await withAlerts(second, 2);
    await eventually(async () => {
      const kinds = kindsOf(await get(second, incidentId)).filter((kind) => kind !== "notified");
      assert.deepEqual(kinds, ["opened", "joined", "ended"]);
    });
  });
});
