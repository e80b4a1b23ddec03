// Escalations from the first notification to the end, with a real Postgres and a clock that stands still between two lines: who is told
// when and by what, what stops it, and that nobody is told twice when one replica takes over from another.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import { eventually } from "@sightline/testkit/eventually";
import { startPostgres, type TestServer } from "@sightline/testkit/servers";
import { z } from "zod";
import { sampleAlert } from "../channels/testing/sample.ts";
import { type Receiver, startReceiver, status } from "../testing/receiver.ts";
import { BEGIN_MS, createEscalationWorld, firing, incidents, night, step } from "./testing/time-line.ts";

const tenant = "acme";
const kind = z.object({ kind: z.string() }).transform((row) => row.kind);
const posted = z.object({ labels: z.record(z.string(), z.string()) });
const inboxRow = z.object({ entry: z.object({ kind: z.string(), alerts: z.array(posted) }) });
const ann = { $case: "user", value: "ann" } as const;
const bob = { $case: "user", value: "bob" } as const;
const resolved = { alerts: [{ ...firing, status: "resolved", endsAtMs: BEGIN_MS + 1 }], status: "resolved" } as const;

describe("escalations", () => {
  let postgres: TestServer;
  before(async () => {
    postgres = await startPostgres();
  });
  after(() => postgres.stop());

  const world = (receiver: Receiver) => createEscalationWorld(postgres.url, receiver.url);
  /** What was told since it was asked last: receivers, and what they heard. */
  const toldBy = ({ received }: Receiver) =>
    received
      .splice(0)
      .map(({ body }) => `${body.receiver} ${body.status}`)
      .sort();

  test("step after step people are told, by each of their contact methods, until somebody acknowledges", async () => {
    await using receiver = await startReceiver();
    await using here = await world(receiver);
    assert.deepEqual(await here.tell(), { taken: true, said: "the escalation payments began" });
    await here.runTo("0s");
    assert.deepEqual(toldBy(receiver), ["bob-pager firing", "incidents firing"]);
    await here.runTo("2m");
    assert.deepEqual(toldBy(receiver), ["bob-mail firing"]);
    await here.runTo("5m");
    assert.deepEqual(toldBy(receiver), ["ann-pager firing"]);
    const escalationId = await here.escalationId();
    const doing = { escalationId, note: "on it", userId: "ann" };
    const { status: now, assignee, told } = await here.calls.acknowledge(tenant, doing);
    assert.deepEqual([now, assignee, told.map(({ kind }) => kind?.value)], [2, "ann", ["bob", "incidents", "ann"]]);
    await here.runTo("9h");
    assert.deepEqual(toldBy(receiver), []);
    await here.tell(resolved);
    await here.runTo("9h");
    assert.deepEqual(toldBy(receiver), [
      "ann-pager resolved",
      "bob-mail resolved",
      "bob-pager resolved",
      "incidents resolved",
    ]);
    const { timeline } = await here.calls.get(tenant, escalationId);
    assert.deepEqual(
      timeline.map(({ detail }) => detail),
      [
        "the escalation payments began, for severity critical",
        "step 1 told bob, who is on call in primary",
        "bob is told by bob-mail later: as they wish",
        "step 1 told the receiver incidents",
        ...["bob by webhook[0] of bob-pager", "webhook[0] of incidents", "bob by webhook[0] of bob-mail"].map(told200),
        "step 2 told ann",
        "nobody acknowledged in the only round; no step is left",
        told200("ann by webhook[0] of ann-pager"),
        "ann acknowledged: on it",
        "it was resolved",
        ...[
          "ann by webhook[0] of ann-pager",
          "bob by webhook[0] of bob-mail",
          "bob by webhook[0] of bob-pager",
          "webhook[0] of incidents",
        ].map((whom) => `${whom} was told that it is over: 200 ok`),
      ].toSorted(inPlace(timeline.map(({ detail }) => detail))),
    );
  });

  /** What is told at the same time ends in any order. */
  const inPlace = (order: readonly string[]) => (a: string, b: string) => order.indexOf(a) - order.indexOf(b);
  const told200 = (whom: string) => `${whom} was told: 200 ok`;

  test("who has acknowledged in time is the last who is told, and what waits is dropped", async () => {
    await using receiver = await startReceiver();
    await using here = await world(receiver);
    await here.tell();
    await here.runTo("1m");
    toldBy(receiver);
    await here.acknowledgeElsewhere("bob");
    // The dispatcher says the same later: that is no news.
    await here.tell({}, { by: "bob", note: "", atMs: BEGIN_MS + 60_000 });
    await here.runTo("3h");
    assert.deepEqual(toldBy(receiver), []);
    const { timeline } = await here.calls.get(tenant, await here.escalationId());
    assert.deepEqual(
      timeline.map(({ detail }) => detail).filter((detail) => /acknowledged|need not/.test(detail)),
      ["bob acknowledged", "bob by webhook[0] of bob-mail need not be told any more"],
    );
  });

  test("what fires anew and nobody takes care of goes on; what somebody else has taken back, too", async () => {
    await using receiver = await startReceiver();
    await using here = await world(receiver);
    await here.tell({}, { by: "bob", note: "", atMs: BEGIN_MS });
    await here.runTo("1h");
    assert.deepEqual(toldBy(receiver), []);
    await here.tell({ alerts: [firing, sampleAlert()] });
    await here.runTo("1h");
    assert.deepEqual(toldBy(receiver), ["bob-pager firing", "incidents firing"]);
    await here.acknowledgeElsewhere("bob");
    // This was decided before: it is older news.
    await here.tell({ alerts: [firing] });
    await here.runTo("2h");
    assert.deepEqual(toldBy(receiver), []);
    await here.releaseElsewhere("eve");
    await here.tell({}, { by: "bob", note: "", atMs: BEGIN_MS + 3_600_000 });
    await here.runTo("2h");
    assert.deepEqual(toldBy(receiver), ["bob-pager firing", "incidents firing"]);
  });

  test("what is snoozed begins again, what is given to somebody tells them, what is resumed goes on", async () => {
    await using receiver = await startReceiver();
    await using here = await world(receiver);
    await here.tell();
    await here.runTo("1m");
    toldBy(receiver);
    const doing = { escalationId: await here.escalationId(), note: "", userId: "bob" };
    // For so long by the clock by which it ends, whatever the time is where somebody asks.
    await here.calls.snooze(tenant, { ...doing, untilUnixMs: BigInt(BEGIN_MS - 1), forMs: 1_740_000n });
    await here.runTo("29m");
    assert.deepEqual(toldBy(receiver), []);
    await here.runTo("30m");
    assert.deepEqual(toldBy(receiver), ["bob-pager firing", "incidents firing"]);
    await here.calls.reassign(tenant, { ...doing, to: { $case: "user", value: "ann" } });
    await here.runTo("59m");
    assert.deepEqual(toldBy(receiver), ["ann-pager firing"]);
    await here.calls.resolve(tenant, doing);
    await here.runTo("2h");
    assert.equal(toldBy(receiver).length, 3);
    await assert.rejects(here.calls.resume(tenant, doing), { code: "failed_precondition" });
    // That nobody takes care of its group any more was decided before.
    assert.equal((await here.tellOfCare()).said, "no escalation was open");
    await here.runTo("2h");
    assert.deepEqual(toldBy(receiver), []);
    // It fires still: whoever is told again begins another one.
    await here.tell();
    await here.runTo("2h");
    assert.deepEqual(toldBy(receiver), ["bob-pager firing", "incidents firing"]);
    const inbox = await here.sql.query("SELECT entry ->> 'kind' AS kind FROM alert_inbox ORDER BY entry_id", [], kind);
    assert.deepEqual(inbox, ["acknowledge", "unacknowledge", "assign"]);
  });

  test("at night only what is critical comes at once, and steps count in their times", async () => {
    await using receiver = await startReceiver();
    await using here = await world(receiver);
    await here.putSteps(
      step([bob]),
      step([incidents], { delaySeconds: 60, times: { timeZone: "Europe/Berlin", windows: [night], outside: false } }),
      step([ann], { delaySeconds: 60, severities: [5] }),
    );
    // 23:00 in Berlin.
    here.setTime("11h");
    await here.tell({ alerts: [sampleAlert()] });
    await here.runTo("12h");
    assert.deepEqual(toldBy(receiver), ["incidents firing"]);
    await here.runTo("19h");
    assert.deepEqual(toldBy(receiver), ["bob-mail firing", "bob-pager firing"]);
  });

  test("an alert that is worse makes the escalation worse", async () => {
    await using receiver = await startReceiver();
    await using here = await world(receiver);
    await here.putSteps(step([incidents], { delaySeconds: 60, severities: [5] }));
    await here.tell({ alerts: [sampleAlert()] });
    await here.tell({ alerts: [sampleAlert(), firing] });
    await here.runTo("1m");
    assert.deepEqual(toldBy(receiver), ["incidents firing"]);
  });

  test("what is worse after the last step has the steps begin again", async () => {
    await using receiver = await startReceiver();
    await using here = await world(receiver);
    await here.putSteps(step([incidents]), step([ann], { delaySeconds: 60, severities: [5] }));
    await here.tell({ alerts: [sampleAlert()] });
    await here.runTo("1h");
    assert.deepEqual(toldBy(receiver), ["incidents firing"]);
    await here.tell({ alerts: [sampleAlert(), firing] });
    await here.runTo("1h");
    assert.deepEqual(toldBy(receiver), ["incidents firing"]);
    await here.runTo("2h");
    assert.deepEqual(toldBy(receiver), ["ann-pager firing"]);
    const { timeline } = await here.calls.get(tenant, await here.escalationId());
    const worse = timeline.find(({ reason }) => reason === "it is more severe now");
    assert.equal(worse?.detail, "its severity is critical now, so the steps begin again");
  });

  test("what is worse at night wakes whom it would have waited for, and tells those again of nothing who know", async () => {
    await using receiver = await startReceiver();
    await using here = await world(receiver);
    await here.putSteps(step([bob, ann]), step([incidents], { delaySeconds: 7200 }));
    // 23:00 in Berlin.
    here.setTime("11h");
    await here.tell({ alerts: [sampleAlert()] });
    await here.runTo("12h");
    assert.deepEqual(toldBy(receiver), ["ann-pager firing"]);
    await here.tell({ alerts: [sampleAlert(), firing] });
    await here.runTo("12h");
    assert.deepEqual(toldBy(receiver), ["bob-pager firing"]);
  });

  test("what is told again begins nothing twice, and each receiver escalates by itself", async () => {
    await using receiver = await startReceiver();
    await using here = await world(receiver);
    await Promise.all([here.tell(), here.tell().catch(() => undefined)]);
    await here.runTo("0s");
    assert.equal(toldBy(receiver).length, 2);
    const said = await here.tell({ receiver: "others" });
    assert.deepEqual(said, { taken: true, said: "the escalation payments began" });
    assert.deepEqual(await here.tell({ ...resolved, receiver: "nobody" }), {
      taken: true,
      said: "no escalation was open",
    });
  });

  test("one who stood still while another took over tells nobody any more", async () => {
    await using receiver = await startReceiver();
    await using here = await world(receiver);
    await here.putSteps(step([incidents]));
    await here.tell();
    // The first attempt fails; before the second one another replica goes on.
    receiver.answer(status(500));
    const first = here.turn();
    await eventually(() => receiver.received.length === 1);
    const other = await here.takeOver();
    await here.turn(other);
    assert.equal(receiver.received.length, 2);
    await first;
    assert.deepEqual(toldBy(receiver), ["incidents firing", "incidents firing"]);
  });

  test("what there is no more of is given up, not tried for ever", async () => {
    await using receiver = await startReceiver();
    await using here = await world(receiver);
    await here.tell();
    await here.runTo("0s");
    await here.sql.execute("DELETE FROM escalations", []);
    await here.runTo("2m");
    const waiting = await here.sql.execute("SELECT 1 FROM oncall_contacts WHERE status = 'due'", []);
    assert.equal(waiting, 0);
  });

  test("a receiver that does not take it is told again, and it is said who was not reached", async () => {
    await using receiver = await startReceiver();
    await using here = await world(receiver);
    receiver.answer(status(400, {}, "no such hook"), status(400, {}, "no such hook"));
    await here.tell();
    await here.runTo("1m");
    const { timeline } = await here.calls.get(tenant, await here.escalationId());
    assert.deepEqual(
      timeline
        .filter(({ reason }) => /not/.test(reason))
        .map(({ detail }) => detail)
        .sort(),
      [
        "attempt 1: 400 no such hook",
        "attempt 1: 400 no such hook",
        "bob by webhook[0] of bob-pager: 400 no such hook",
        "webhook[0] of incidents: 400 no such hook",
      ],
    );
  });

  test("who cannot be reached is an alert of its own, which ends when they are told something", async () => {
    await using receiver = await startReceiver();
    await using here = await world(receiver);
    await here.putSteps(step([incidents]));
    receiver.answer(status(500), status(500), status(500));
    const troubles = async () => {
      const rows = await here.sql.query("SELECT entry FROM alert_inbox ORDER BY entry_id", [], inboxRow);
      return rows.map(({ entry: { kind, alerts } }) => [kind, alerts[0]?.labels]);
    };
    await here.tell();
    const first = here.turn();
    await eventually(async () => assert.equal((await troubles()).length, 1), { timeoutMs: 20_000 });
    const labels = {
      ...{ alertname: "SightlineReceiverUnreachable", severity: "critical", source: "sightline" },
      ...{ receiver: "incidents", integration: "webhook[0]" },
    };
    assert.deepEqual(await troubles(), [["alerts", labels]]);
    const alert = JSON.stringify({ endsAtMs: BEGIN_MS + 3_600_000 });
    await here.sql.execute("INSERT INTO dispatch_records VALUES ($1, 'alert', $2, $3)", [
      tenant,
      fingerprintOf(labels),
      alert,
    ]);
    await first;
    assert.deepEqual(await troubles(), [
      ["alerts", labels],
      ["ended", labels],
    ]);
  });

  test("who goes and who comes hears of it once, with what is open", async () => {
    await using receiver = await startReceiver();
    await using here = await world(receiver);
    await here.tell();
    await here.runTo("10m");
    toldBy(receiver);
    // 17:50 in Berlin.
    here.setTime("351m");
    await here.handOver();
    await here.handOver();
    await here.turn();
    const told = receiver.received
      .splice(0)
      .map(({ body }) => [body.receiver, body.alerts[0]?.annotations["description"]]);
    const text = [
      "ann is on call from Mon 02/11/2026 17:50 CET until Tue 03/11/2026 05:50 CET.",
      "bob goes off call.",
      "1 open:",
      "- critical: [FIRING:1] High CPU usage (Down critical), since Mon 02/11/2026 12:00 CET, not acknowledged",
    ];
    assert.deepEqual(told.map(([name]) => name).sort(), ["ann-pager", "bob-pager"]);
    assert.equal(told[0]?.[1]?.split("\n").length, text.length);
    assert.match(
      told[0]?.[1] ?? "",
      /^ann is on call from Mon .* 17:50 .*\nbob goes off call\.\n1 open:\n- critical: /,
    );
  });
});
