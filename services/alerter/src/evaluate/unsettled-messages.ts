import type { Clock } from "@sightline/model/time";

export interface UnsettledMessagesOptions {
  readonly clock: Clock;
  /** How long the stream keeps a message: what failed that long ago does not come again. */
  readonly maxAgeMs: number;
}

/** The messages of a subject that are at hand, and those that failed and will come again, by their places. */
export interface UnsettledMessages {
  /** It is at hand. */
  begin(place: string, message: { readonly tenant: string; readonly receivedMs: number }): void;
  /** It was let go of, and will come again if it is still there. */
  fail(place: string): void;
  /** It was taken in, or given up. */
  settle(place: string): void;
  size(): number;
  /** When the oldest of a tenant's was received, milliseconds since the Unix epoch; infinite where there is none. */
  oldestMs(tenant: string): number;
}

interface Unsettled {
  readonly tenant: string;
  readonly receivedMs: number;
  /** Unset while it is at hand. */
  readonly failedAtMs?: number;
}

/** Makes it without any. */
export function createUnsettledMessages({ clock, maxAgeMs }: UnsettledMessagesOptions): UnsettledMessages {
  const messages = new Map<string, Unsettled>();
  const forgetOld = (): void => {
    const goneMs = clock() - maxAgeMs;
    for (const [place, { failedAtMs }] of messages)
      if (failedAtMs !== undefined && failedAtMs < goneMs) messages.delete(place);
  };
  return {
    begin(place, { tenant, receivedMs }) {
      messages.set(place, { tenant, receivedMs });
    },
    fail(place) {
      const message = messages.get(place);
      if (message !== undefined) messages.set(place, { ...message, failedAtMs: clock() });
    },
    settle(place) {
      messages.delete(place);
    },
    size() {
      forgetOld();
      return messages.size;
    },
    oldestMs(tenant) {
      forgetOld();
      const own = messages.values().filter((message) => message.tenant === tenant);
      return Math.min(...own.map(({ receivedMs }) => receivedMs));
    },
  };
}
