import assert from "node:assert/strict";
import { test } from "node:test";
import type { MatcherSource } from "../matcher/matcher.ts";
import { canUpdate, type Silence, type SilenceDraft, silenceState } from "./silence.ts";
import { createSilences, type Silences } from "./silences.ts";

const start = 1_700_000_000_000;
const minute = 60_000;
const hour = 60 * minute;

function create(maxSilences = 100): Silences {
  let made = 0;
  return createSilences({ maxSilences, retentionMs: hour, newId: () => `s${++made}` });
}

function is(name: string, value: string): MatcherSource {
  return { name, operator: "=", value };
}

function draft(over: Partial<SilenceDraft> = {}): SilenceDraft {
  return { matchers: [is("a", "b")], endsAtMs: start + hour, createdBy: "ada", comment: "work", ...over };
}

function only(silences: readonly Silence[]): Silence {
  const [silence] = silences;
  assert.ok(silence !== undefined && silences.length === 1);
  return silence;
}

// silence/silence_test.go, TestSilenceSet.
test("a silence is made, changed, and gives way to another one", () => {
  const silences = create();
  const first = only(silences.set(draft({ startsAtMs: start + 2 * minute, endsAtMs: start + 5 * minute }), start));
  assert.deepEqual([first.id, first.startsAtMs, first.updatedAtMs], ["s1", start + 2 * minute, start]);

  // Without a start it begins now.
  const start2 = start + minute;
  const second = only(silences.set(draft({ endsAtMs: start2 + minute }), start2));
  assert.deepEqual([second.id, second.startsAtMs], ["s2", start2]);

  // As it is, with another comment, with a later end: the same silence.
  assert.equal(only(silences.set(second, start2)).id, "s2");
  assert.equal(only(silences.set({ ...second, comment: "c" }, start2)).comment, "c");
  const start5 = start2 + minute / 2;
  const longer = only(silences.set({ ...second, comment: "c", endsAtMs: start5 + 100 * minute }, start5));
  assert.deepEqual([longer.id, longer.endsAtMs, longer.updatedAtMs], ["s2", start5 + 100 * minute, start5]);

  // With other matchers it is another one, and the old one ends.
  const start6 = start5 + minute;
  const [old, replacing] = silences.set({ ...longer, matchers: [is("a", "c")] }, start6);
  assert.deepEqual([old?.id, old?.endsAtMs, replacing?.id, replacing?.startsAtMs], ["s2", start6, "s3", start6]);
  assert.deepEqual(silences.get("s2"), old);

  // What has ended cannot be changed: it is made again, from now on.
  const start7 = start6 + minute;
  const again = only(silences.set({ ...longer, startsAtMs: start }, start7));
  assert.deepEqual([again.id, again.startsAtMs], ["s4", start7]);

  // A change that is refused ends nothing.
  assert.throws(() => silences.set({ ...again, matchers: [] }, start7), { code: "invalid_argument" });
  const kept = silences.get("s4");
  assert.ok(kept !== undefined);
  assert.equal(silenceState(kept, start7), "active");
});

// silence/silence_test.go, TestSetActiveSilence.
test("the start of an active silence may be told in other fractions of its second", () => {
  const silences = create();
  const silence = only(silences.set(draft({ startsAtMs: start - minute }), start));
  assert.equal(silence.startsAtMs, start, "it begins now, not in the past");
  const changed = only(silences.set({ ...silence, startsAtMs: start + 2, endsAtMs: start + 2 * hour }, start + minute));
  assert.deepEqual([changed.id, changed.startsAtMs, changed.endsAtMs], [silence.id, start + 2, start + 2 * hour]);
});

// silence/silence_test.go, TestSilenceCanUpdate: [start, end] before, [start, end] after, in minutes from now.
const updates: readonly (readonly [string, readonly [number, number], readonly [number, number], boolean])[] = [
  ["expired", [-60, -1], [0, 0], false],
  ["pending, to begin in the past", [60, 120], [-1, 60], false],
  ["pending, to another time", [60, 120], [1, 1], true],
  ["pending, to begin now", [60, 120], [0, 120], true],
  ["active, to another start", [-60, 120], [-1, 120], false],
  ["active, to an end in the past", [-60, 120], [-60, -1], false],
  ["active, to end now", [-60, 120], [-60, 0], true],
  ["active, to a later end", [-60, 120], [-60, 180], true],
];

for (const [name, before, after, want] of updates) {
  test(`a silence that is ${name}: ${want ? "changed" : "another one"}`, () => {
    const silence = ([from, to]: readonly [number, number]): Silence => ({
      ...draft(),
      id: "s",
      startsAtMs: start + from * minute,
      endsAtMs: start + to * minute,
      updatedAtMs: start,
      annotations: {},
    });
    assert.equal(canUpdate(silence(before), silence(after), start), want);
  });
}

// silence/silence_test.go, TestSilenceExpire.
test("what is ended early ends now, before it began or after; what is over stays as it is", () => {
  const silences = create();
  silences.set(draft({ startsAtMs: start + minute }), start);
  silences.set(draft(), start);
  silences.set(draft({ endsAtMs: start + 1 }), start);
  const nowMs = start + 30_000;
  assert.deepEqual(
    ["s1", "s2", "s3"].map((id) => {
      const { startsAtMs, endsAtMs } = silences.expire(id, nowMs);
      return [startsAtMs - start, endsAtMs - start];
    }),
    [
      [30_000, 30_000],
      [0, 30_000],
      [0, 1],
    ],
  );
  assert.ok([...silences.all()].every((silence) => silenceState(silence, nowMs) === "expired"));
  assert.throws(() => silences.expire("s9", nowMs), { code: "not_found" });
});

test("a draft that is wrong says what is", () => {
  const silences = create();
  const refusals: readonly [Partial<SilenceDraft>, RegExp][] = [
    [{ matchers: [] }, /got no matchers/],
    [
      { matchers: [is("a", ""), { name: "b", operator: "=~", value: ".*" }] },
      /got \{a="",b=~"\.\*"\}, want one matcher that does not match/,
    ],
    [{ matchers: [{ name: "b", operator: "=~", value: "(" }] }, /matcher 0: .*missing closing/],
    [{ matchers: [is("", "x")] }, /matcher 0: got the name ""/],
    [{ createdBy: " " }, /got no author/],
    [{ comment: "" }, /got no comment/],
    [{ endsAtMs: Number.NaN }, /got no end/],
    [{ startsAtMs: start + hour, endsAtMs: start + minute }, /not after its start/],
    [{ startsAtMs: start - hour, endsAtMs: start - minute }, /in the past/],
  ];
  for (const [over, want] of refusals)
    assert.throws(() => silences.set(draft(over), start), { code: "invalid_argument", message: want });
  assert.throws(() => silences.set(draft({ id: "nobody" }), start), { code: "not_found" });
  assert.deepEqual([...silences.all()], []);
  // As Alertmanager has it: a negation alone may match what has no such label.
  assert.equal(silences.set(draft({ matchers: [{ name: "a", operator: "!=", value: "b" }] }), start).length, 1);
});

test("expired silences count for the limit until they are collected", () => {
  const silences = create(2);
  silences.set(draft({ endsAtMs: start + minute }), start);
  silences.set(draft({ endsAtMs: start + minute }), start);
  assert.throws(() => silences.set(draft(), start), { code: "resource_exhausted" });
  assert.deepEqual(silences.collect(start + minute + hour - 1), []);
  assert.deepEqual(silences.collect(start + minute + hour), ["s1", "s2"]);
  assert.equal(silences.set(draft({ endsAtMs: start + 5 * hour }), start + 2 * hour).length, 1);
});

// silence/silence_test.go, TestSilencer.
test("an alert is silenced while a silence that matches is active", () => {
  const silences = create();
  const alert = { fingerprint: "1", labels: { foo: "bar" } };
  const mutedAt = (afterMs: number) => silences.mutedBy(alert, start + afterMs);
  assert.deepEqual(mutedAt(0), []);
  silences.set(draft({ matchers: [is("foo", "baz")], endsAtMs: start + 5 * minute }), start);
  assert.deepEqual(mutedAt(0), []);
  silences.set(draft({ matchers: [is("foo", "bar")], endsAtMs: start + 5 * minute }), start);
  assert.deepEqual(mutedAt(0), ["s2"]);
  assert.deepEqual(mutedAt(hour), []);
  // Made again, for later: pending, and then active without anybody touching it.
  silences.set(
    draft({ id: "s2", matchers: [is("foo", "bar")], startsAtMs: start + 2 * hour, endsAtMs: start + 4 * hour }),
    start + hour,
  );
  assert.deepEqual(mutedAt(hour), []);
  assert.deepEqual(mutedAt(3 * hour), ["s3"]);
  const pattern = { name: "foo", operator: "=~", value: "b.." } as const;
  silences.set(
    draft({ matchers: [pattern], startsAtMs: start + 3.5 * hour, endsAtMs: start + 6 * hour }),
    start + 3 * hour,
  );
  assert.deepEqual(mutedAt(3 * hour), ["s3"]);
  assert.deepEqual(mutedAt(3.5 * hour), ["s3", "s4"]);
  assert.deepEqual(mutedAt(5 * hour), ["s4"]);
});

test("what another replica made is learnt, and of two versions the newer stays", () => {
  const [mine, other] = [create(), create()];
  const [silence] = mine.set(draft(), start);
  assert.ok(silence !== undefined);
  other.learn([...mine.all()]);
  const alert = { fingerprint: "1", labels: { a: "b" } };
  assert.deepEqual(other.mutedBy(alert, start), ["s1"]);
  other.learn([mine.expire("s1", start + minute), silence]);
  assert.deepEqual(other.mutedBy(alert, start + minute), []);
});

test("a thousand silences answer as if each were asked", () => {
  const silences = create(2000);
  const kinds = ["=", "!=", "=~", "!~"] as const;
  const drafts = Array.from({ length: 1000 }, (_, at) =>
    draft({
      matchers: [
        { name: `l${at % 7}`, operator: kinds[at % 4] ?? "=", value: `v${at % 11}` },
        { name: `l${at % 5}`, operator: kinds[(at >> 2) % 4] ?? "=", value: `v${at % 13}` },
      ],
    }),
  );
  const alerts = Array.from({ length: 50 }, (_, at) => ({
    fingerprint: String(at),
    labels: Object.fromEntries(
      Array.from({ length: 7 }, (_unused, name) => [`l${name}`, `v${(at * (name + 3)) % 13}`]),
    ),
  }));
  const matches = ({ name, operator, value }: MatcherSource, labels: Record<string, string>) =>
    (labels[name] === value) === (operator === "=" || operator === "=~");
  const wanted: string[][] = alerts.map(() => []);
  for (const [at, one] of drafts.entries()) {
    const [silence] = silences.set(one, start);
    for (const [place, { labels }] of alerts.entries()) {
      if (one.matchers.every((matcher) => matches(matcher, labels))) wanted[place]?.push(silence?.id ?? "");
    }
    // Some are asked again and again while silences come, others only at the end.
    if (at % 100 === 0) for (const alert of alerts.slice(0, 25)) silences.mutedBy(alert, start);
  }
  for (const [place, alert] of alerts.entries())
    assert.deepEqual([...silences.mutedBy(alert, start)].sort(), wanted[place]?.sort());
});
