import { DEFAULT_TENANT } from "@sightline/model/tenant";
import type { Clock } from "@sightline/model/time";
import type { Storage } from "../clients.ts";

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
  /** Aborted when the service stops. */
  readonly stopping: AbortSignal;
  /** A place among those of a tenant who are told live, to be given back; undefined when all are taken. */
  takePlace(tenant: string): (() => void) | undefined;
}

export interface NotificationOptions {
  /** The texts of what is so; must not throw. */
  look(signal: AbortSignal): Promise<readonly string[]>;
  readonly clock: Clock;
  readonly intervalMs: number;
  /** How many may be told live: of each tenant, and of all. */
  readonly maxPerTenant: number;
  readonly maxPlaces: number;
  readonly stopping: AbortSignal;
}

/** Knows since when what is so is so. */
export function createNotifications(options: NotificationOptions): Notifications {
  const { look, clock, intervalMs, maxPerTenant, maxPlaces, stopping } = options;
  let known: readonly Notification[] = [];
  let lookedMs = Number.NEGATIVE_INFINITY;
  let underWay: Promise<readonly Notification[]> | undefined;
  const places = new Map<string, number>();
  let placesTaken = 0;

  async function lookAgain(): Promise<readonly Notification[]> {
    const texts = await look(stopping);
    lookedMs = clock();
    known = texts.map((text) => known.find((one) => one.text === text) ?? { text, sinceMs: lookedMs });
    return known;
  }

  return {
    intervalMs,
    stopping,
    current: async () => {
      if (clock() - lookedMs < intervalMs) return known;
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

/** What is told of the system's parts when they are not as they should be. */
export const STORAGE_AWAY = "The storage is away: queries fail until it is back.";
const DISK_FULL = "The disk is full: what is sent waits until there is room.";
const BUS_AWAY = "The message bus is away: what is sent is refused, and live views stand still.";
const POSTGRES_AWAY = "Postgres is away: users, keys and rules cannot be changed.";

const LOOK_MS = 2000;

interface Parts {
  readonly storage: Storage;
  isBusConnected(): boolean;
  /** Rejects when Postgres is away. */
  pingPostgres(): Promise<unknown>;
}

/** Finds out which of the system's parts are not as they should be. */
export function lookAtParts({ storage, isBusConnected, pingPostgres }: Parts): NotificationOptions["look"] {
  return async (signal) => {
    const call = { tenant: DEFAULT_TENANT, signal, deadlineMs: LOOK_MS };
    const found = await Promise.all([
      storage.call("getStorageStatistics", {}, call).then(
        ({ diskIsFull }) => (diskIsFull ? DISK_FULL : undefined),
        () => STORAGE_AWAY,
      ),
      isBusConnected() ? undefined : BUS_AWAY,
      pingPostgres().then(
        () => undefined,
        () => POSTGRES_AWAY,
      ),
    ]);
    // Who is stopping asks nobody any more, and knows nothing from having no answer.
    return signal.aborted ? [] : found.filter((text) => text !== undefined);
  };
}
