import type { Clock } from "@sightline/model/time";

/** Something about the system itself that whoever looks at its data should know. */
export interface Notification {
  readonly text: string;
  /** Since when, milliseconds since the Unix epoch. */
  readonly sinceMs: number;
}

export interface Notifications {
  /** What is so now. However many ask, it is found out once an interval. */
  current(): Promise<readonly Notification[]>;
  /** How often to ask again, milliseconds. */
  readonly intervalMs: number;
  /** How often who is told live is to be let in again, milliseconds. */
  readonly checkMs: number;
  /** Aborted when the service stops. */
  readonly stopping: AbortSignal;
  /** A place among those of a tenant who are told live, to be given back; undefined when all are taken. */
  takePlace(tenant: string): (() => void) | undefined;
}

export interface NotificationOptions {
  /** The texts of what is so; must not throw. */
  look(signal: AbortSignal): Promise<readonly string[]>;
  /** Says since when. */
  readonly clock: Clock;
  /** Milliseconds that only go forward, by which an interval is over. */
  monotonicMs(): number;
  readonly intervalMs: number;
  readonly checkMs: number;
  /** How many may be told live: of each tenant, and of all. */
  readonly maxPerTenant: number;
  readonly maxPlaces: number;
  readonly stopping: AbortSignal;
}

/** Knows since when what is so is so. */
export function createNotifications(options: NotificationOptions): Notifications {
  const { look, clock, monotonicMs, intervalMs, checkMs, maxPerTenant, maxPlaces, stopping } = options;
  let known: readonly Notification[] = [];
  let lookedMs = Number.NEGATIVE_INFINITY;
  let underWay: Promise<readonly Notification[]> | undefined;
  const places = new Map<string, number>();
  let placesTaken = 0;

  async function lookAgain(): Promise<readonly Notification[]> {
    const texts = await look(stopping);
    lookedMs = monotonicMs();
    const sinceMs = clock();
    known = texts.map((text) => known.find((one) => one.text === text) ?? { text, sinceMs });
    return known;
  }

  return {
    intervalMs,
    checkMs,
    stopping,
    current: async () => {
      if (monotonicMs() - lookedMs < intervalMs) return known;
      underWay ??= lookAgain().finally(() => {
        underWay = undefined;
      });
      return await underWay;
    },
    takePlace: (tenant) => {
      const taken = places.get(tenant) ?? 0;
      if (taken >= maxPerTenant || placesTaken >= maxPlaces) return undefined;
      places.set(tenant, taken + 1);
      placesTaken += 1;
      return () => {
        const left = (places.get(tenant) ?? 0) - 1;
        if (left > 0) places.set(tenant, left);
        else places.delete(tenant);
        placesTaken -= 1;
      };
    },
  };
}
