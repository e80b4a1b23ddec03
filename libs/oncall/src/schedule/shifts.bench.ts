// What a year of shifts costs: a schedule of five layers and a hundred overrides, one JSON line each.
import type { Layer, Rotation, Schedule } from "./schedule.ts";
import { shifts, whoIsOnCall } from "./shifts.ts";

const RUNS = 7;
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0);

const users = Array.from({ length: 8 }, (_, index) => `user ${index}`);
const office = { kind: "day", weekdays: ["monday", "tuesday", "wednesday", "thursday", "friday"] } as const;
const layers: readonly Layer[] = [
  layer("weeks", { every: 1, unit: "week", handoverTime: "09:00", handoverWeekday: "monday" }),
  layer("days", daily("08:00")),
  layer("halves", { every: 12, unit: "hour", handoverTime: "08:00", handoverWeekday: undefined }),
  { ...layer("office", daily("09:00")), restrictions: [{ ...office, from: "09:00", to: "17:00" }] },
  {
    ...layer("weekends", { every: 1, unit: "week", handoverTime: "17:00", handoverWeekday: "friday" }),
    restrictions: [{ kind: "week", fromWeekday: "friday", from: "17:00", toWeekday: "monday", to: "09:00" }],
  },
];

const schedule: Schedule = {
  timeZone: "Europe/Berlin",
  layers,
  overrides: Array.from({ length: 100 }, (_, index) => {
    const startMs = START_MS + index * 3.6 * DAY_MS;
    return { overrideId: `${index}`, user: users[index % 8] ?? "", startMs, endMs: startMs + DAY_MS };
  }),
};

function layer(name: string, rotation: Rotation): Layer {
  return { name, participants: users, rotation, restrictions: [], startsAtMs: START_MS, endsAtMs: undefined };
}

function daily(handoverTime: string): Rotation {
  return { every: 1, unit: "day", handoverTime, handoverWeekday: undefined };
}

function measure(metric: string, rounds: number, work: (round: number) => void): void {
  for (let round = 0; round < rounds; round++) work(round);
  const costs: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const before = process.cpuUsage();
    for (let round = 0; round < rounds; round++) work(round);
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / 1000 / rounds);
  }
  costs.sort((a, b) => a - b);
  const config = { layers: layers.length, overrides: schedule.overrides.length };
  const rounded = (cost = Number.NaN) => Number(cost.toPrecision(3));
  const [value, min, max] = [rounded(costs[RUNS >> 1]), rounded(costs[0]), rounded(costs.at(-1))];
  console.log(JSON.stringify({ bench: "oncall", metric, value, unit: "ms", min, max, runs: RUNS, config }));
}

measure("year_of_shifts_cpu_ms", 20, () => {
  shifts(schedule, START_MS, START_MS + 365 * DAY_MS);
});
measure("who_is_on_call_cpu_ms", 2000, (round) => {
  whoIsOnCall(schedule, START_MS + round * 4 * 3_600_000);
});
