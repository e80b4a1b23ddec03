// "Why was I (not) paged at 03:12?", case by case: what was so then, and the sentence that answers.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Silence } from "@sightline/alertmanager/silence/silence";
import type { EscalationPolicy } from "@sightline/oncall/escalation/policy";
import type { ToldDecision } from "../dispatch/decision-store.ts";
import { escalationsAmong } from "./escalation-record.ts";
import { explainPaging } from "./explain-paging.ts";
import type { AlertThen, PagingFacts } from "./paging-facts.ts";

const atMs = Date.UTC(2026, 0, 5, 3, 12);
const MINUTE_MS = 60_000;
const range = { startMs: atMs - 10 * MINUTE_MS, endMs: atMs + 10 * MINUTE_MS };
const beganMs = atMs - 5 * MINUTE_MS;

const step = (schedule: string, delayMs: number) => ({
  delayMs,
  targets: [{ kind: "schedule", schedule } as const],
  severities: [],
  times: undefined,
});
const night: EscalationPolicy = {
  name: "night",
  steps: [step("primary", 0), step("secondary", 15 * MINUTE_MS)],
  repeat: 0,
  repeatAfterMs: 0,
};
const onCall = (user: string) => ({ user, ...range, source: { kind: "layer", layer: "all" } as const });

const silence: Silence = {
  id: "s1",
  matchers: [],
  startsAtMs: 0,
  endsAtMs: atMs + 60 * MINUTE_MS,
  updatedAtMs: 0,
  createdBy: "bob",
  comment: "we know",
  annotations: {},
};

/** Ann is on call in `primary`, Bob in `secondary`; what is routed to `pages` goes through the policy `night`. */
const nothing: PagingFacts = {
  user: "ann",
  range,
  configuration: {
    version: 7,
    author: "bob",
    sinceMs: 0,
    receivers: [
      { name: "pages", policy: "night" },
      { name: "chat", policy: undefined },
    ],
  },
  schedules: [
    { name: "primary", users: ["ann", "cid"], shifts: [onCall("ann")] },
    { name: "secondary", users: ["bob"], shifts: [onCall("bob")] },
  ],
  policies: [night],
  contacts: {
    timeZone: "UTC",
    quietHours: [],
    methods: [{ receiver: "sms", address: "1", delayMs: 0, severities: [] }],
  },
  silences: new Map([[silence.id, silence]]),
  windows: new Map([["w1", { name: "deploy", createdBy: "bob", comment: "release 42", updatedAtMs: 0 }]]),
  alerts: [],
  rules: [],
  complete: true,
};

const decided = (afterMs: number, made: Omit<ToldDecision, "atMs">): ToldDecision => ({
  atMs: beganMs + afterMs,
  ...made,
});
const grouped = (receiver: string) => [
  decided(0, { step: "received", reason: "it is new" }),
  decided(0, { step: "grouped", reason: "its labels match the route", receiver, groupKey: "{}:{}" }),
];
const delivered = (receiver: string) =>
  decided(30_000, { step: "delivered", reason: "first notification", receiver, integration: "webhook[0]" });
const escalated = (afterMs: number, reason: string, detail: string, more: Partial<ToldDecision> = {}) =>
  decided(afterMs, { step: "escalation", reason, detail, receiver: "pages", ...more });
const told = (user: string, number: number, schedule: string, afterMs = 30_000) =>
  escalated(afterMs, "somebody is told", `step ${number} told ${user}, who is on call in ${schedule}`, {
    ids: ["e1", `user:${user}`],
  });
const started = escalated(30_000, "an escalation began", "the escalation night began, for severity error");

function alert(...decisions: readonly ToldDecision[]): AlertThen {
  return {
    fingerprint: "00000000000000a1",
    labels: { alertname: "Down", host: "x" },
    firing: [{ startMs: beganMs, endMs: range.endMs }],
    decisions,
    escalation: escalationsAmong(decisions),
  };
}

const hiddenBy = (step: ToldDecision["step"], id: string) =>
  alert(...grouped("pages"), decided(30_000, { step, reason: "…", receiver: "pages", ids: [id] }));
const silenced = hiddenBy("silenced", "s1");

const cases: readonly {
  readonly name: string;
  readonly facts: Partial<PagingFacts>;
  readonly reason: string;
  readonly want: string;
}[] = [
  {
    name: "no alert fired",
    facts: {},
    reason: "no_alert",
    want: "You were not paged: no alert was firing between 2026-01-05 03:02:00 UTC and 2026-01-05 03:22:00 UTC.",
  },
  {
    name: "a rule had no data",
    facts: {
      rules: [
        decided(0, { step: "rule", reason: "began", detail: "rule Down: inactive to firing, there are no data" }),
      ],
    },
    reason: "rule_failed",
    want:
      "You were not paged: no alert was firing between 2026-01-05 03:02:00 UTC and 2026-01-05 03:22:00 UTC, and at " +
      "2026-01-05 03:07:00 UTC a rule could not tell: Rule Down: inactive to firing, there are no data: began.",
  },
  {
    name: "events came too late to count",
    facts: {
      rules: [
        decided(0, {
          step: "rule",
          reason: "events came too late to count for its rule",
          detail: "rule Down: 2 events, with late: 1h",
        }),
      ],
    },
    reason: "rule_failed",
    want:
      "You were not paged: no alert was firing between 2026-01-05 03:02:00 UTC and 2026-01-05 03:22:00 UTC, and at " +
      "2026-01-05 03:07:00 UTC a rule could not tell: Rule Down: 2 events, with late: 1h: events came too late to count for its rule.",
  },
  {
    name: "the rule names their address",
    facts: {
      contacts: {
        timeZone: "UTC",
        quietHours: [],
        methods: [{ receiver: "mail", address: "ann@example.com", delayMs: 0, severities: [] }],
      },
      alerts: [alert(...grouped("recipient:ann@example.com"), delivered("recipient:ann@example.com"))],
    },
    reason: "paged",
    want: 'You were paged about Down {host="x"} at 2026-01-05 03:07:30 UTC by recipient:ann@example.com: first notification.',
  },
  {
    name: "paged",
    facts: {
      alerts: [
        alert(
          ...grouped("pages"),
          delivered("pages"),
          started,
          told("ann", 1, "primary"),
          escalated(31_000, "a contact was told", "ann by sms[0] of sms was told: 200", { ids: ["e1", "user:ann"] }),
        ),
      ],
    },
    reason: "paged",
    want:
      'You were paged about Down {host="x"} at 2026-01-05 03:07:31 UTC: step 1 told ann, who is on call in primary; ' +
      "ann by sms[0] of sms was told: 200.",
  },
  {
    name: "sent, and the channel answered 500",
    facts: {
      alerts: [
        alert(
          ...grouped("pages"),
          started,
          told("ann", 1, "primary"),
          escalated(31_000, "a contact was not told", "ann by sms[0] of sms: 500 no", { ids: ["e1", "user:ann"] }),
        ),
      ],
    },
    reason: "failed",
    want:
      'You were not paged about Down {host="x"}: at 2026-01-05 03:07:30 UTC step 1 told ann, who is on call in primary, ' +
      "but ann by sms[0] of sms: 500 no.",
  },
  {
    name: "quiet hours",
    facts: {
      alerts: [
        alert(
          ...grouped("pages"),
          started,
          told("ann", 1, "primary"),
          escalated(30_000, "a contact method waits", "ann is told by sms later: quiet hours", {
            ids: ["e1", "user:ann"],
            dueAtMs: atMs + 180 * MINUTE_MS,
          }),
        ),
      ],
    },
    reason: "quiet_hours",
    want:
      'You were not paged about Down {host="x"}: at 2026-01-05 03:07:30 UTC step 1 told ann, who is on call in primary, ' +
      "but ann is told by sms later: quiet hours (until 2026-01-05 06:12:00 UTC).",
  },
  {
    name: "no contact method",
    facts: {
      contacts: undefined,
      alerts: [alert(...grouped("pages"), started, told("ann", 1, "primary"))],
    },
    reason: "no_contact",
    want:
      'You were not paged about Down {host="x"}: at 2026-01-05 03:07:30 UTC step 1 told ann, who is on call in primary, ' +
      "but you had no contact method.",
  },
  {
    name: "silenced by somebody until a time",
    facts: { alerts: [silenced] },
    reason: "silenced",
    want: 'You were not paged about Down {host="x"}: it was silenced by bob until 2026-01-05 04:12:00 UTC (we know).',
  },
  {
    name: "a silence that was changed afterwards",
    facts: {
      silences: new Map([["s1", { ...silence, comment: "never mind", updatedAtMs: atMs + 120 * MINUTE_MS }]]),
      alerts: [silenced],
    },
    reason: "silenced",
    want: 'You were not paged about Down {host="x"}: it was silenced by bob until 2026-01-05 04:12:00 UTC (never mind, as it says since it was changed at 2026-01-05 05:12:00 UTC).',
  },
  {
    name: "a maintenance window",
    facts: { alerts: [hiddenBy("maintenance", "w1")] },
    reason: "maintenance",
    want: 'You were not paged about Down {host="x"}: the maintenance window deploy of bob was open for it (release 42).',
  },
  {
    name: "a time interval",
    facts: { alerts: [hiddenBy("muted_by_time", "nights")] },
    reason: "muted_by_time",
    want: 'You were not paged about Down {host="x"}: the time interval nights muted the route to pages.',
  },
  {
    name: "routed elsewhere",
    facts: { alerts: [alert(...grouped("chat"), delivered("chat"))] },
    reason: "routed_elsewhere",
    want: 'You were not paged about Down {host="x"}: it was routed to chat, of which chat took it; none of them leads to you.',
  },
  {
    name: "somebody else was on call",
    facts: {
      schedules: [
        { name: "primary", users: ["ann", "cid"], shifts: [onCall("cid")] },
        { name: "secondary", users: ["bob"], shifts: [onCall("bob")] },
      ],
      alerts: [alert(...grouped("pages"), delivered("pages"), started, told("cid", 1, "primary"))],
    },
    reason: "not_on_call",
    want: 'You were not paged about Down {host="x"}: you were not on call in primary at 2026-01-05 03:07:30 UTC, cid was.',
  },
  {
    name: "acknowledged before the step was reached",
    facts: {
      user: "bob",
      alerts: [
        alert(
          ...grouped("pages"),
          delivered("pages"),
          started,
          told("ann", 1, "primary"),
          escalated(4 * MINUTE_MS, "somebody takes care of it", "ann acknowledged: on it", { ids: ["e1", "user:ann"] }),
        ),
      ],
    },
    reason: "acknowledged",
    want:
      'You were not paged about Down {host="x"}: at 2026-01-05 03:11:00 UTC ann acknowledged: on it, before step 2 of ' +
      "the escalation night came to you.",
  },
  {
    name: "the step was not reached yet",
    facts: {
      user: "bob",
      alerts: [alert(...grouped("pages"), delivered("pages"), started, told("ann", 1, "primary"))],
    },
    reason: "not_reached",
    want:
      'You were not paged about Down {host="x"}: the escalation had not come to step 2 of the escalation night, which leads ' +
      "to you; the last of it, at 2026-01-05 03:07:30 UTC: step 1 told ann, who is on call in primary.",
  },
  {
    name: "the step did not count",
    facts: {
      alerts: [
        alert(
          ...grouped("pages"),
          started,
          escalated(30_000, "a step was left out", "step 1 was left out: it is not for alerts of this severity"),
        ),
      ],
    },
    reason: "left_out",
    want:
      'You were not paged about Down {host="x"}: at 2026-01-05 03:07:30 UTC step 1 was left out: it is not for alerts of ' +
      "this severity.",
  },
  {
    name: "its group still waits",
    facts: {
      alerts: [
        alert(
          ...grouped("pages"),
          decided(0, {
            step: "waiting",
            reason: "its group waits for more alerts",
            receiver: "pages",
            dueAtMs: beganMs + 30_000,
          }),
        ),
      ],
    },
    reason: "waiting",
    want: 'You were not paged about Down {host="x"}: its group was waiting for more alerts until 2026-01-05 03:07:30 UTC.',
  },
  {
    name: "acknowledged, so that it is not repeated",
    facts: {
      alerts: [
        alert(
          ...grouped("sms"),
          decided(-60 * MINUTE_MS, { step: "delivered", reason: "first notification", receiver: "sms" }),
          decided(-50 * MINUTE_MS, { step: "action", reason: "somebody takes care of it", detail: "bob: on it" }),
          decided(0, {
            step: "deduplicated",
            reason: "told already, and everything that fires is acknowledged or snoozed",
            receiver: "sms",
          }),
        ),
      ],
    },
    reason: "acknowledged",
    want: 'You were not paged about Down {host="x"}: at 2026-01-05 02:17:00 UTC somebody takes care of it: bob: on it.',
  },
  {
    name: "a receiver of one's own",
    facts: { alerts: [alert(...grouped("sms"), delivered("sms"))] },
    reason: "paged",
    want: 'You were paged about Down {host="x"} at 2026-01-05 03:07:30 UTC by sms: first notification.',
  },
];

for (const { name, facts, reason, want } of cases) {
  test(`why (not) paged: ${name}`, () => {
    const answer = explainPaging({ ...nothing, ...facts });
    assert.deepEqual([answer.reason, answer.sentences[0]?.text], [reason, want]);
  });
}

test("of several alerts the one that came nearest is the answer, and the others follow", () => {
  const elsewhere = { ...alert(...grouped("chat"), delivered("chat")), fingerprint: "00000000000000a2" };
  const paged = alert(...grouped("sms"), delivered("sms"));
  const { reason, sentences } = explainPaging({ ...nothing, alerts: [elsewhere, paged] });
  assert.equal(reason, "paged");
  assert.match(sentences[0]?.text ?? "", /first notification \(1 more alert below\)\.$/);
  assert.deepEqual(
    sentences.filter(({ kind }) => kind === "alert").map(({ fingerprint }) => fingerprint),
    [paged.fingerprint, elsewhere.fingerprint],
  );
});

test("what it follows from is told: the configuration, who was on call, the contact methods, each decision", () => {
  const { sentences } = explainPaging({ ...nothing, alerts: [alert(...grouped("chat"))] });
  assert.deepEqual(sentences.map(({ kind, text }) => `${kind}: ${text}`).slice(1), [
    "configuration: In force was version 7 of alertmanager.yml, put by bob.",
    "on_call: On call in primary was ann.",
    "contacts: You had the contact methods sms.",
    'alert: Down {host="x"} fired from 2026-01-05 03:07:00 UTC to 2026-01-05 03:22:00 UTC: you were not paged, it was ' +
      "routed to chat, none of which was told in that time; none of them leads to you.",
    "received: The alert came in: it is new.",
    "grouped: It belongs to the group {}:{} of the receiver chat.",
  ]);
});
