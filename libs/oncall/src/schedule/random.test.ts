import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom, type Random } from "@sightline/testkit/random";
import { checkSchedule } from "./check-schedule.ts";
import type { Schedule } from "./schedule.ts";
import { type Shifts, shifts, whoIsOnCall } from "./shifts.ts";
import { plainAnswer } from "./testing/plain-answer.ts";
import { randomSchedule, ZONES } from "./testing/random-schedule.ts";
import { layer, moment } from "./testing/schedules.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

/** Days on which the clocks change in one of the zones, and one on which they do not. */
const AROUND = [
  "2026-03-08",
  "2026-03-29",
  "2026-04-05",
  "2026-06-15",
  "2026-09-06",
  "2026-10-04",
  "2026-10-25",
  "2026-11-01",
  "2011-12-30",
] as const;

function userAt({ final }: Shifts, atMs: number): string | undefined {
  return final.find(({ startMs, endMs }) => startMs <= atMs && atMs < endMs)?.user;
}

/** The begins and ends of what was answered, the minute before each, and some more. */
function telling({ final }: Shifts, fromMs: number, random: Random): number[] {
  const edges = final
    .flatMap(({ startMs, endMs }) => [startMs, endMs])
    .filter(() => random.oneIn(1 + final.length / 4));
  const others = Array.from({ length: 4 }, () => fromMs + random.below(3 * 1440) * MINUTE_MS);
  return [...edges, ...edges.map((edge) => edge - MINUTE_MS), ...others];
}

function assertInOrder({ final, gaps }: Shifts, fromMs: number, toMs: number): void {
  const whole = [...final, ...gaps].sort((a, b) => a.startMs - b.startMs);
  let atMs = fromMs;
  for (const { startMs, endMs } of whole) {
    assert.equal(startMs, atMs, "what follows begins where the last ended");
    assert.ok(endMs > startMs);
    atMs = endMs;
  }
  assert.equal(atMs, toMs);
}

test("at every moment of random schedules the answers agree with the clock on the wall", () => {
  const random = createRandom(20261102);
  for (let round = 0; round < 120; round++) {
    const aroundMs = moment(`${random.pick(AROUND)}T00:00Z`);
    const schedule = randomSchedule(random, aroundMs);
    checkSchedule(schedule);
    const fromMs = aroundMs + (random.below(1440) - 1440) * MINUTE_MS;
    const toMs = fromMs + 3 * DAY_MS;
    const answered = shifts(schedule, fromMs, toMs);
    assertInOrder(answered, fromMs, toMs);
    for (const atMs of telling(answered, fromMs, random)) {
      if (atMs < fromMs || atMs >= toMs) continue;
      const about = () => `round ${round}, ${new Date(atMs).toISOString()}: ${JSON.stringify(schedule)}`;
      const want = plainAnswer(schedule, atMs);
      if (userAt(answered, atMs) !== want) assert.fail(`want ${want}, got ${userAt(answered, atMs)}: ${about()}`);
      if (whoIsOnCall(schedule, atMs)?.user !== want) assert.fail(`want ${want}: ${about()}`);
    }
  }
});

test("parts of a time are answered as the whole is", () => {
  const random = createRandom(7);
  for (let round = 0; round < 100; round++) {
    const fromMs = moment(`${random.pick(AROUND)}T00:00Z`) - 10 * DAY_MS;
    const schedule = randomSchedule(random, fromMs);
    const middleMs = fromMs + random.below(40 * 1440) * MINUTE_MS;
    const toMs = fromMs + 40 * DAY_MS;
    const of = (startMs: number, endMs: number) => shifts(schedule, startMs, endMs).final;
    const parts = [...of(fromMs, middleMs), ...of(middleMs, toMs)];
    const whole = of(fromMs, toMs);
    for (const part of parts) {
      const holds = whole.filter(({ startMs, endMs }) => startMs <= part.startMs && part.endMs <= endMs);
      assert.deepEqual(
        holds.map(({ user, source }) => ({ user, source })),
        [{ user: part.user, source: part.source }],
      );
    }
    const length = (list: readonly { startMs: number; endMs: number }[]) =>
      list.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
    assert.equal(length(parts), length(whole));
  }
});

test("who takes turns without restrictions leaves no moment of a year uncovered, whenever the clocks change", () => {
  for (const timeZone of ZONES) {
    for (const handoverTime of ["00:00", "00:30", "01:30", "02:00", "02:30", "03:00", "09:00", "23:59"]) {
      for (const unit of ["hour", "day"] as const) {
        const rotation = { every: 1, unit, handoverTime, handoverWeekday: undefined };
        const schedule: Schedule = { timeZone, layers: [layer({ rotation, startsAtMs: 0 })], overrides: [] };
        for (const year of [2026]) {
          const { gaps, final } = shifts(schedule, Date.UTC(year, 0), Date.UTC(year + 1, 0));
          assert.deepEqual(gaps, [], `${timeZone} ${handoverTime} ${year}`);
          assert.ok(final.length > 300);
        }
      }
    }
  }
});
