import type { Random } from "@sightline/testkit/random";
import type { WallWindow } from "../../zone/wall-window.ts";
import { WEEKDAYS } from "../../zone/weekdays.ts";
import type { Layer, Override, Rotation, Schedule } from "../schedule.ts";

const MINUTE_MS = 60_000;

/** Zones whose clocks change in every way there is: by an hour, by half of one, at midnight, over a whole day. */
export const ZONES = [
  "Europe/Berlin",
  "America/New_York",
  "America/St_Johns",
  "America/Santiago",
  "Australia/Lord_Howe",
  "Africa/Casablanca",
  "Asia/Kathmandu",
  "Pacific/Apia",
] as const;

/** Some schedule that could be kept, with everything in it about a moment; all times are whole minutes. */
export function randomSchedule(random: Random, aroundMs: number): Schedule {
  return {
    timeZone: random.pick(ZONES),
    layers: Array.from({ length: random.below(5) }, (_, index) => randomLayer(random, `layer ${index}`, aroundMs)),
    overrides: Array.from({ length: random.below(6) }, (_, index) => randomOverride(random, `${index}`, aroundMs)),
  };
}

function randomLayer(random: Random, name: string, aroundMs: number): Layer {
  const startsAtMs = aroundMs - random.below(60 * 1440) * MINUTE_MS;
  return {
    name,
    participants: Array.from({ length: 1 + random.below(4) }, () => randomUser(random)),
    rotation: randomRotation(random),
    restrictions: Array.from({ length: random.below(3) }, () => randomWindow(random)),
    startsAtMs,
    endsAtMs: random.oneIn(4) ? startsAtMs + (1 + random.below(120 * 1440)) * MINUTE_MS : undefined,
  };
}

function randomRotation(random: Random): Rotation {
  const handoverTime = timeText(random.below(1440));
  if (random.oneIn(3))
    return { every: 1 + random.below(3), unit: "week", handoverTime, handoverWeekday: random.pick(WEEKDAYS) };
  const unit = random.pick(["hour", "day"] as const);
  return { every: 1 + random.below(unit === "hour" ? 50 : 9), unit, handoverTime, handoverWeekday: undefined };
}

/** Half of the times lie where the clocks change. */
function randomWindow(random: Random): WallWindow {
  const time = () => timeText(random.oneIn(2) ? random.below(200) : random.below(1440));
  if (random.oneIn(3)) {
    const [fromWeekday, toWeekday] = [random.pick(WEEKDAYS), random.pick(WEEKDAYS)];
    return { kind: "week", fromWeekday, from: time(), toWeekday, to: time() };
  }
  return { kind: "day", weekdays: WEEKDAYS.filter(() => random.oneIn(3)), from: time(), to: time() };
}

function randomOverride(random: Random, overrideId: string, aroundMs: number): Override {
  const startMs = aroundMs + (random.below(40 * 1440) - 20 * 1440) * MINUTE_MS;
  return { overrideId, user: randomUser(random), startMs, endMs: startMs + (1 + random.below(3 * 1440)) * MINUTE_MS };
}

function randomUser(random: Random): string {
  return random.pick(["ann", "bob", "eve", "zoe"]);
}

function timeText(minutes: number): string {
  const two = (count: number) => `${count}`.padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
