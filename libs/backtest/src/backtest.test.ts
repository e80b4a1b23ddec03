import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import type { ContactPreferences } from "@sightline/oncall/escalation/contacts";
import type { EscalationPolicy, EscalationStep } from "@sightline/oncall/escalation/policy";
import type { Schedule } from "@sightline/oncall/schedule/schedule";
import { BEGIN_MS, linesOf, ms, replay, sourceOf } from "./testing/replayed.ts";

const routes = `
route: { receiver: chat, group_by: [alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 1h }
receivers:
- name: chat
  webhook_configs: [ { url: "http://there/" } ]
- name: phone
  webhook_configs: [ { url: "http://phone/" } ]
`;
const paging = `
route: { receiver: team, group_by: [alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 12h }
receivers:
- name: team
  sightline: { escalation: payments }
- name: phone
  webhook_configs: [ { url: "http://phone/" } ]
- name: chat
  webhook_configs: [ { url: "http://chat/" } ]
`;
const alert = (expr: string, more = "") => `  - { alert: Slow, expr: "${expr}"${more === "" ? "" : `, ${more}`} }\n`;

const now: EscalationStep = {
  delayMs: 0,
  targets: [{ kind: "schedule", schedule: "first" }],
  severities: [],
  times: undefined,
};
const later: EscalationStep = { ...now, delayMs: ms("15m"), targets: [{ kind: "user", user: "bob" }] };
const policy: EscalationPolicy = {
  name: "payments",
  steps: [now, later],
  repeat: 0,
  repeatAfterMs: ms("15m"),
};

function contact(timeZone: string, given: Partial<ContactPreferences> = {}): ContactPreferences {
  return {
    timeZone,
    methods: [{ receiver: "phone", address: "", delayMs: 0, severities: [] }],
    quietHours: [],
    ...given,
  };
}

/** Ann until 02:00, then Cleo. */
const first: Schedule = {
  timeZone: "UTC",
  layers: [
    {
      name: "all",
      participants: ["ann"],
      rotation: { every: 1, unit: "week", handoverTime: "00:00", handoverWeekday: "monday" },
      restrictions: [],
      startsAtMs: BEGIN_MS - ms("1w"),
      endsAtMs: undefined,
    },
  ],
  overrides: [{ overrideId: "o", user: "cleo", startMs: BEGIN_MS + ms("2h"), endMs: BEGIN_MS + ms("1d") }],
};
const staff = {
  policies: [policy],
  schedules: { first },
  contacts: { ann: contact("Europe/Berlin"), bob: contact("America/New_York"), cleo: contact("Asia/Tokyo") },
};

describe("a change of rules", () => {
  test("that changes nothing is the same on both sides", async () => {
    const answer = await replay({ series: [`x{a="1"} 0x9 5x19 0x200`], before: alert("x > 1"), routes });
    assert.deepEqual(linesOf(answer), ["chat: 1 -> 1", "Slow: fired 1 for 20m -> 1 for 20m"]);
    assert.deepEqual(answer.notes, []);
  });

  test("with a longer `for` fires less, and tells nobody of what was short", async () => {
    const series = [`x{a="1"} 0x9 5x4 0x4 5x4 0x200`, `x{a="2"} 0x29 5x59 0x200`];
    const answer = await replay({ series, before: alert("x > 1"), after: alert("x > 1", "for: 10m"), routes });
    assert.deepEqual(linesOf(answer), ["chat: 3 -> 1", "Slow: fired 3 for 70m flaps 1 -> 1 for 50m"]);
  });

  test("that would miss what somebody took care of says so", async () => {
    const answer = await replay({
      series: [`x{a="1"} 0x9 5x19 0x200`, `x{a="2"} 0x9 9x19 0x200`, `x{a="3"} 0x99 5x19 0x100`],
      before: alert("x > 1"),
      after: alert("x > 8"),
      actions: [{ at: "15m", by: "ann", labels: { alertname: "Slow", a: "1" } }],
      routes,
    });
    assert.deepEqual(linesOf(answer), [
      "chat: 2 -> 1",
      "Slow: fired 3 for 60m -> 1 for 20m",
      'missed {a="1", alertname="Slow"} at 10m: does_not_fire',
    ]);
  });

  test("that sets other labels is still about the same alert", async () => {
    const series = [`x{a="1"} 0x9 5x19 0x200`];
    const action = { at: "15m", by: "ann", labels: { alertname: "Slow", a: "1" } };
    const after = alert("x > 1", "labels: { severity: critical }");
    const answer = await replay({ series, before: alert("x > 1"), after, actions: [action], routes });
    assert.deepEqual(linesOf(answer), ["chat: 1 -> 1", "Slow: fired 1 for 20m -> 1 for 20m"]);
  });

  test("that tells of something new says of what", async () => {
    const after = `${alert("x > 1")}  - { alert: Down, expr: "absent(y)", for: 1h }\n`;
    const answer = await replay({ series: [`x{a="1"} 0x240`], before: alert("x > 1"), after, routes });
    assert.deepEqual(linesOf(answer), [
      "chat: 0 -> 3",
      "Down: fired 0 -> 1 for 180m",
      'new {alertname="Down"} at 60m: does_not_fire',
    ]);
  });

  test("with rules over rules replays both", async () => {
    const composite = `  - { alert: Both, sightline: { composite: { condition: Slow and High } } }\n`;
    const high = (expr: string) => `  - { alert: High, expr: "${expr}" }\n`;
    const answer = await replay({
      series: [`x{a="1"} 0x9 5x19 0x200`, `y{a="1"} 0x19 5x19 0x200`],
      before: alert("x > 1") + high("y > 1") + composite,
      after: alert("x > 1") + high("y > 9") + composite,
      routes,
    });
    assert.deepEqual(linesOf(answer).slice(1), [
      "Slow: fired 1 for 20m -> 1 for 20m",
      "High: fired 1 for 20m -> 0",
      "Both: fired 1 for 10m -> 0",
    ]);
  });
});

describe("a change of routes", () => {
  test("that tells nobody any more misses what was told of and taken care of", async () => {
    const answer = await replay({
      series: [`x{a="1"} 0x9 5x19 0x200`],
      before: alert("x > 1"),
      routes,
      routesAfter: `${routes.replace("receiver: chat", "receiver: nobody")}- name: nobody\n`,
      actions: [{ at: "15m", by: "ann", labels: { alertname: "Slow", a: "1" } }],
    });
    assert.deepEqual(linesOf(answer), [
      "chat: 1 -> 0",
      "Slow: fired 1 for 20m -> 1 for 20m",
      'missed {a="1", alertname="Slow"} at 10m: nobody_told',
    ]);
  });

  test("with wider groups tells less often", async () => {
    const series = ["1", "2", "3"].map((a) => `x{a="${a}"} 0x9 5x19 0x200`);
    const apart = routes.replace("[alertname]", "[alertname, a]");
    const answer = await replay({ series, before: alert("x > 1"), routes: apart, routesAfter: routes });
    assert.deepEqual(linesOf(answer)[0], "chat: 3 -> 1");
  });

  test("is judged with the silences and maintenance windows that there were", async () => {
    const common = { updatedAtMs: BEGIN_MS, createdBy: "ann", comment: "c" };
    const matcher = (value: string) => ({ name: "a", operator: "=", value }) as const;
    const during = { startsAtMs: BEGIN_MS, endsAtMs: BEGIN_MS + ms("4h") };
    const answer = await replay({
      series: ["1", "2", "3"].map((a) => `x{a="${a}"} 0x9 5x19 0x200`),
      before: alert("x > 1"),
      routes: routes.replace("[alertname]", "[alertname, a]"),
      silences: [{ id: "s", matchers: [matcher("1")], ...during, ...common, annotations: {} }],
      windows: [
        {
          id: "w",
          name: "w",
          matchers: [matcher("2")],
          schedule: { kind: "once", ...during },
          openings: [],
          ...common,
        },
      ],
    });
    assert.deepEqual(linesOf(answer)[0], "chat: 1 -> 1");
  });
});

describe("people", () => {
  test("are told by the schedule as it was, at night where they are, until somebody acknowledges", async () => {
    // At 00:10 and 03:20 in UTC: 01:10 in Berlin, 12:20 in Tokyo; 15 minutes later it is 19:25 and 22:35 in New York.
    const answer = await replay({
      series: [`x{a="1"} 0x9 5x59 0x130 5x39`],
      before: alert("x > 1"),
      after: alert("x > 1", "for: 30m"),
      routes: paging,
      ...staff,
    });
    assert.deepEqual(linesOf(answer), [
      "ann: 1 (1 at night) -> 1 (1 at night)",
      "bob: 2 (1 at night) -> 1 (0 at night)",
      "cleo: 1 (0 at night) -> 1 (0 at night)",
      "Slow: fired 2 for 99m -> 2 for 39m",
    ]);
  });

  test("are told anew of a group that is worse when no step was left", async () => {
    const worse = `  - { alert: Slow, expr: "y > 1", labels: { severity: critical } }\n`;
    const answer = await replay({
      series: [`x{a="1"} 0x9 5x130 0x100`, `y{a="1"} 0x69 5x60 0x110`],
      before: alert("x > 1"),
      after: alert("x > 1") + worse,
      routes: paging,
      ...staff,
      policies: [{ ...policy, steps: [now, { ...later, severities: ["critical"] }] }],
    });
    assert.deepEqual(linesOf(answer).slice(0, 2), [
      "ann: 1 (1 at night) -> 2 (2 at night)",
      "bob: 0 (0 at night) -> 1 (0 at night)",
    ]);
  });

  test("asleep are told at once of what is worse", async () => {
    const quietHours = [{ kind: "day", weekdays: [], from: "22:00", to: "07:00" }] as const;
    const worse = `  - { alert: Slow, expr: "y > 1", labels: { severity: critical } }\n`;
    const answer = await replay({
      series: [`x{a="1"} 0x9 5x130 0x100`, `y{a="1"} 0x19 5x60 0x160`],
      before: alert("x > 1"),
      after: alert("x > 1") + worse,
      routes: paging,
      ...staff,
      contacts: { ...staff.contacts, ann: contact("UTC", { quietHours }) },
      policies: [{ ...policy, steps: [now, { ...later, delayMs: ms("3h") }] }],
    });
    assert.deepEqual(linesOf(answer)[0], "ann: 0 (0 at night) -> 1 (1 at night)");
  });

  test("are not told by later steps when somebody took care then", async () => {
    const answer = await replay({
      series: [`x{a="1"} 0x9 5x59 0x200`],
      before: alert("x > 1"),
      routes: paging,
      ...staff,
      actions: [{ at: "20m", by: "ann", labels: { alertname: "Slow", a: "1" } }],
    });
    assert.deepEqual(linesOf(answer)[0], "ann: 1 (1 at night) -> 1 (1 at night)");
    assert.equal(answer.people.length, 1);
  });

  test("are told after their quiet hours, unless it is over by then", async () => {
    const quietHours = [{ kind: "day", weekdays: [], from: "00:00", to: "02:00" }] as const;
    const contacts = { ...staff.contacts, ann: contact("UTC", { quietHours: [...quietHours] }) };
    const f = async (series: string) => {
      const answer = await replay({ series: [series], before: alert("x > 1"), routes: paging, ...staff, contacts });
      return linesOf(answer).filter((line) => line.startsWith("ann"));
    };
    assert.deepEqual(await f(`x 0x9 5x59 0x200`), []);
    assert.deepEqual(await f(`x 0x9 5x159 0x200`), ["ann: 1 (1 at night) -> 1 (1 at night)"]);
  });

  test("would miss what an escalation told them of", async () => {
    const given = { series: [`x{a="1"} 0x9 5x59 0x200`], before: alert("x > 1"), after: alert("x > 8") };
    const answer = await replay({ ...given, routes: paging, ...staff });
    assert.deepEqual(linesOf(answer).at(-1), 'missed {a="1", alertname="Slow"} at 10m: does_not_fire');
  });

  test("who cannot be reached are not counted, and named", async () => {
    const { ann: _, ...contacts } = staff.contacts;
    const given = { series: [`x{a="1"} 0x9 5x59 0x200`], before: alert("x > 1"), routes: paging, ...staff, contacts };
    const answer = await replay(given);
    assert.deepEqual(linesOf(answer)[0], "bob: 1 (0 at night) -> 1 (0 at night)");
    assert.deepEqual(answer.notes, ["ann has no contact methods: what they would have been told is not counted"]);
  });
});

describe("a backtest", () => {
  test("asks for ranges, and for those of both sides once", async () => {
    const source = sourceOf([`x{a="1"} 0x9 5x19 0x200`]);
    const after = `${alert("x > 1")}  - { alert: Other, expr: "x > 99" }\n`;
    const given = { series: [], before: alert("x > 1"), after, routes, source, bounds: { chunkSteps: 60 } };
    const answer = await replay({ ...given, lasts: "239m" });
    assert.equal(answer.rangeQueries, 8);
    assert.deepEqual(
      source.ranges
        .filter(({ text }) => text === "x > 1")
        .map(({ startMs }) => Math.floor((startMs - BEGIN_MS) / 60_000)),
      [0, 60, 120, 180],
    );
    assert.equal(answer.instantQueries, 0);
  });

  test("names what it leaves out", async () => {
    const events = `  - { alert: Events, sightline: { events: { condition: "event_type == 'x'" } } }\n`;
    const alone = `  - { alert: Alone, expr: "x @ end() > 1" }\n`;
    const recording = (expr: string) => `  - { record: "a:b", expr: "${expr}" }\n`;
    const before = recording("sum(x)") + alert("x > 1") + events + alone;
    const after = recording("max(x)") + alert("x > 1") + events + alone;
    const answer = await replay({ series: [`x 5x240`], before, after, routes, bounds: { maxInstants: 100 } });
    assert.deepEqual(answer.notes.toSorted(), [
      "Alone of f, group g, was left out: its expression would be asked 240 times",
      "Events of f, group g, was left out: rules of events are not replayed",
      "a:b is recorded otherwise by the draft: rules that ask for it were replayed over what was recorded",
    ]);
  });

  test("says which rules have no answer, and goes on with the others", async () => {
    const series = [`x{a="1",b="1"} 5x240`, `x{a="1",b="2"} 5x240`, `y{a="1"} 5x240`];
    const before = `${alert("y > 1")}  - { alert: Many, expr: "y * on (a) x" }\n`;
    const answer = await replay({ series, before, routes });
    assert.match(answer.notes.join("\n"), /^Many of f, group g, could not be evaluated: .*many/);
    assert.equal(answer.rules.length, 1);
  });

  test("reads less at once where that is too much", async () => {
    const whole = sourceOf([`x{a="1"} 0x9 5x19 0x200`]);
    const source = {
      ...whole,
      range: async (question: Parameters<typeof whole.range>[0], signal: AbortSignal) => {
        const steps = (question.endMs - question.startMs) / question.stepMs + 1;
        if (steps > 40) throw new AppError("resource_exhausted", "too many samples");
        return whole.range(question, signal);
      },
    };
    const answer = await replay({ series: [], before: alert("x > 1"), routes, source, bounds: { chunkSteps: 120 } });
    assert.deepEqual(linesOf(answer)[1], "Slow: fired 1 for 20m -> 1 for 20m");
  });

  test("is refused where it is too much, and ends early where that shows later", async () => {
    const given = { series: ["1", "2", "3"].map((a) => `x{a="${a}"} 5x240`), before: alert("x > 1"), routes };
    await assert.rejects(replay({ ...given, bounds: { maxEvaluations: 100 } }), {
      code: "resource_exhausted",
      message: "cannot backtest: got 240 evaluations of rules, want 100 at most: a shorter time",
    });
    const answer = await replay({ ...given, bounds: { maxEpisodes: 2 } });
    assert.deepEqual(answer.notes, ["it ended early: alerts began to fire more than 2 times"]);
    assert.ok(answer.endMs < BEGIN_MS + ms("2m"));
    let seconds = 0;
    const slow = await replay({ ...given, clock: () => 1000 * seconds++, bounds: { maxDurationMs: 30_000 } });
    assert.deepEqual(slow.notes, ["it ended early: it took more than 30 s"]);
    assert.equal(slow.endMs, BEGIN_MS + ms("30m"));
  });

  test("ends with the source, and when nobody waits", async () => {
    const away = async () => {
      throw new AppError("unavailable", "storage is away");
    };
    const given = { series: [], before: alert("x > 1"), routes };
    await assert.rejects(replay({ ...given, source: { range: away, instant: away } }), { code: "unavailable" });
    const gone = new AbortController();
    const source = sourceOf(["x 5x240"]);
    const range: typeof source.range = (question, signal) => {
      gone.abort();
      return source.range(question, signal);
    };
    await assert.rejects(replay({ ...given, source: { ...source, range }, signal: gone.signal }), {
      message: /canceled/,
    });
  });
});
