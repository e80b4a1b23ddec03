import assert from "node:assert/strict";
import { test } from "node:test";
import { type PlanQuestion, planReads } from "./read-plan.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** A midnight. */
const now = 20_000 * day;

interface Asked {
  readonly from: number;
  readonly to?: number;
  readonly stepMs?: number;
  readonly rangeMs?: number;
  readonly windowMs?: number | null;
  readonly given?: Partial<PlanQuestion>;
}

/** The plan, times in hours before now: `-48 samples -24 1h -1 samples 0`. */
function planOf({
  from,
  to = 0,
  stepMs = hour,
  rangeMs = 0,
  windowMs = rangeMs || 5 * minute,
  given = {},
}: Asked): string {
  const { reads, isExact } = planReads({
    startMs: now + from * hour + 1,
    endMs: now + to * hour,
    hints: { stepMs, rangeMs, windowMs, function: "", grouping: null, by: false },
    isFoldable: true,
    progress: { fiveMinutes: (now - 10 * minute) / 1000, hours: (now - hour) / 1000 },
    samplesFromMs: now - 30 * day - 7 * minute,
    rollupsFromMs: now - 365 * day,
    ...given,
  });
  const hours = (ms: number) => String(Number(((ms - now) / hour).toFixed(4)));
  const names = new Map([
    [3600, "1h"],
    [300, "5m"],
  ]);
  const parts = reads.map(({ afterMs, width }) => `${hours(afterMs)} ${names.get(width ?? 0) ?? "samples"}`);
  return `${parts.join(" ")} ${hours(reads.at(-1)?.untilMs ?? 0)}${isExact ? "" : " nearly"}`;
}

const cases: [name: string, asked: Asked, want: string][] = [
  ["steps of hours over days", { from: -48 }, "-48 1h -1 samples 0"],
  ["ranges of hours", { from: -50, rangeMs: 2 * hour }, "-50 1h -1 samples 0"],
  ["ranges of five minutes", { from: -48, rangeMs: 5 * minute }, "-48 5m -0.1667 samples 0"],
  ["steps of ten minutes", { from: -48, stepMs: 10 * minute, rangeMs: hour }, "-48 5m -0.1667 samples 0"],
  ["steps of a minute", { from: -48, stepMs: minute, rangeMs: hour }, "-48 samples 0"],
  ["ranges that are no multiple", { from: -48, rangeMs: 7 * minute }, "-48 samples 0"],
  ["steps beside the ends of buckets", { from: -47.99, to: 0.01 }, "-47.99 samples 0.01"],
  ["steps at half past", { from: -47.5, to: -0.5 }, "-47.5 5m -0.5"],
  ["half a day", { from: -11 }, "-11 samples 0"],
  ["before all that is not rolled up", { from: -48, to: -24 }, "-48 1h -24"],
  ["samples themselves are wanted", { from: -48, given: { isFoldable: false } }, "-48 samples 0"],
  ["more than a range is wanted", { from: -48, windowMs: null }, "-48 samples 0"],
  [
    "nothing rolled up yet",
    { from: -48, given: { progress: { fiveMinutes: undefined, hours: undefined } } },
    "-48 samples 0",
  ],
  [
    "rollups kept shorter",
    { from: -48, given: { rollupsFromMs: now - 10.5 * hour } },
    "-48 samples -10 1h -1 samples 0",
  ],
  [
    "at one time: samples at both ends",
    { from: -48.3, to: 0.02, stepMs: 0, rangeMs: 48.32 * hour },
    "-48.3 samples -48 1h -1 samples 0.02",
  ],
  [
    "samples that are gone: from buckets, the others from samples",
    { from: -800, to: -700, stepMs: minute },
    "-800 5m -720.0833 samples -700 nearly",
  ],
  ["all of them gone", { from: -900, to: -800.01, stepMs: minute }, "-900 5m -800 nearly"],
  ["gone, with long ranges", { from: -900, to: -800, stepMs: minute, rangeMs: 48 * hour }, "-900 1h -800 nearly"],
  ["gone, at times that fit", { from: -900, to: -895 }, "-900 1h -895"],
  [
    "gone, and what is wanted is no longer there",
    { from: -900, to: -895, given: { isFoldable: false } },
    "-900 5m -895 nearly",
  ],
  ["neither kept", { from: -9000, to: -8990 }, "-9000 samples -8990"],
];

for (const [name, asked, want] of cases) {
  test(`where samples are read: ${name}`, () => assert.equal(planOf(asked), want));
}
