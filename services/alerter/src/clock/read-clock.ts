import type { ClockReading } from "@sightline/model/agreed-clock";
import { within } from "@sightline/service/lifecycle";

/** A clock of somebody else. */
export interface OtherClock {
  readonly name: string;
  /** What it shows, milliseconds since the Unix epoch. Called once at a time. Rejects while it cannot be reached. */
  readonly read: () => Promise<number>;
}

/** What a clock shows; undefined where it did not say so in time. Never rejects. */
export type ReadClock = () => Promise<ClockReading | undefined>;

/** An answer that took longer says too little about when it was given. */
const MAX_ANSWER_MS = 1000;

/** Reads a clock. One that does not answer is not asked again before it has. */
export function createReadClock({ read }: OtherClock, steadyMs: () => number): ReadClock {
  let asked: Promise<ClockReading | undefined> | undefined;

  const ask = async (): Promise<ClockReading | undefined> => {
    const askedMs = steadyMs();
    const unixMs = await read().catch(() => undefined);
    const answeredMs = steadyMs();
    if (unixMs === undefined || answeredMs - askedMs > MAX_ANSWER_MS) return undefined;
    return { unixMs, steadyMs: (askedMs + answeredMs) / 2 };
  };

  return async () => {
    asked ??= ask().finally(() => {
      asked = undefined;
    });
    return await within(asked, MAX_ANSWER_MS).catch(() => undefined);
  };
}
