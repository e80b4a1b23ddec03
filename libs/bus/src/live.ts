import { AppError } from "@sightline/errors/app-error";
import type { Bus } from "./connect.ts";
import { readMessage, type StoredMessage } from "./message.ts";
import { type Service, SUBJECTS, type SubjectKey } from "./subjects.ts";

export interface LiveOptions {
  readonly subjects: readonly SubjectKey[];
  /** Which service listens; the table must name it as a live consumer of every subject. */
  readonly as: Service;
  /** Called for each message that passes, on the event loop's time: must be quick. `seq` is 0, nobody counted yet. */
  onMessage(message: StoredMessage, subject: SubjectKey): void;
}

/**
 * Resolves once what passes from now on is heard by every listener there is: the bus knows of a new one only a while
 * after it was made, while the bus is away after it is back. Rejects with `cancelled` when the connection is closed.
 */
export async function heardLive(bus: Bus): Promise<void> {
  for (;;) {
    try {
      return await bus.nats.flush();
    } catch (cause) {
      if (bus.nats.isClosed()) throw new AppError("cancelled", "cannot listen: the bus is closed", { cause });
      // It was disconnected, and will tell the server of all listeners once it is back.
    }
  }
}

/**
 * Hears what passes from now on, in any number of replicas, without slowing the bus: what passes while disconnected is
 * missed.
 *
 * @returns ends it
 */
export function subscribeLive(bus: Bus, options: LiveOptions): () => void {
  const subscriptions = options.subjects.map((key) => {
    const spec = SUBJECTS[key];
    const consumers: Partial<Readonly<Record<Service, string>>> = spec.consumers;
    if (consumers[options.as] !== "live") {
      throw new AppError("internal", `cannot listen to ${key} as ${options.as}: the table does not name it`);
    }
    return bus.nats.subscribe(spec.subject, {
      callback: (error, raw) => {
        if (error !== null) return bus.log.warn({ subject: key, error: error.message }, "live subscription failed");
        const storedUnixNano = 0n;
        const { subject, data, headers } = raw;
        const message = readMessage({ subject, data, seq: 0, headers, storedUnixNano });
        if (message.tenant !== "") options.onMessage(message, key);
      },
    });
  });
  return () => {
    for (const subscription of subscriptions) subscription.unsubscribe();
  };
}
