import { AppError } from "@sightline/errors/app-error";
import type { NotificationOptions } from "./notifications.ts";

const STORAGE_AWAY = "The storage is away: queries fail until it is back.";
const DISK_FULL = "The disk is full: what is sent waits until there is room.";
const BUS_AWAY = "The message bus is away: what is sent is refused, and live views stand still.";
const POSTGRES_AWAY = "Postgres is away: users, keys and rules cannot be changed.";

/** The parts of the system that are looked at. */
export interface Parts {
  /** Rejects with `unavailable` when the storage or its database is away, otherwise when it has no time to answer. */
  askStorage(signal: AbortSignal): Promise<{ readonly diskIsFull: boolean }>;
  isBusConnected(): boolean;
  /** Rejects when Postgres is away. */
  pingPostgres(): Promise<unknown>;
}

/** Finds out which of the system's parts are not as they should be. */
export function lookAtParts({ askStorage, isBusConnected, pingPostgres }: Parts): NotificationOptions["look"] {
  let ofStorage: string | undefined;

  async function lookAtStorage(signal: AbortSignal): Promise<string | undefined> {
    try {
      const { diskIsFull } = await askStorage(signal);
      ofStorage = diskIsFull ? DISK_FULL : undefined;
    } catch (thrown) {
      // Who is only slow is not away: what was known of it stands.
      if (AppError.from(thrown).code === "unavailable") ofStorage = STORAGE_AWAY;
    }
    return ofStorage;
  }

  return async (signal) => {
    const found = await Promise.all([
      lookAtStorage(signal),
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
