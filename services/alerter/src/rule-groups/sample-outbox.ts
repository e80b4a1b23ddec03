import type { Publisher } from "@sightline/bus/publish";
import { AppError, unavailable } from "@sightline/errors/app-error";
import { retry } from "@sightline/service/retry";
import { createLanes } from "../dispatch/lanes.ts";

export interface SampleOutboxOptions {
  /** Of `ruleMetrics`. */
  readonly publisher: Pick<Publisher, "publish" | "maxMessageBytes">;
  /** A clock that nobody sets, milliseconds. */
  readonly steadyMs: () => number;
  /** What may wait of all tenants, and of each of them. */
  readonly maxBytes: number;
  readonly maxTenantBytes: number;
  /** How long a message is offered to a bus that does not take it: less than the time for which the bus knows it again. */
  readonly maxAgeMs: number;
  /** Told of samples that were given up: there was no room for them, or the bus did not take them. */
  readonly onDropped: (reason: "no_room" | "not_taken", samples: number) => void;
}

/** Samples of one tenant as they go to the bus. */
export interface SampleMessage {
  readonly tenant: string;
  readonly payload: Uint8Array;
  readonly records: number;
  readonly msgId: string;
  readonly receivedUnixNano: bigint;
}

/** What rules have recorded, on its way to the bus: who evaluates waits neither for a bus that is slow nor for one that is away. */
export interface SampleOutbox {
  /** Takes a message over. Throws too_large for one that the bus never takes, `unavailable` where there is no room for it. */
  put(message: SampleMessage): void;
  /** Says what of a tenant was given up since it was asked last; undefined: nothing. */
  lostOf(tenant: string): AppError | undefined;
  /** Resolves when everything was sent, or it took too long. What is left is given up. */
  close(maxMs: number): Promise<void>;
}

/** Messages that are offered to the bus at the same time, each of another tenant. */
const AT_ONCE = 32;
const patiently = { attempts: Number.POSITIVE_INFINITY, baseDelayMs: 100, maxDelayMs: 2000 };

/** Makes it with nothing on its way. A tenant's messages are sent in their order. */
export function createSampleOutbox(options: SampleOutboxOptions): SampleOutbox {
  const { publisher, steadyMs, maxBytes, maxTenantBytes, maxAgeMs, onDropped } = options;
  const lanesOfTenants = createLanes(1);
  const lanes = createLanes(AT_ONCE);
  const bytesOf = new Map<string, number>();
  const lost = new Map<string, { samples: number; why: string }>();
  const closing = new AbortController();
  const sending = new Set<Promise<void>>();
  let bytes = 0;

  const weigh = (tenant: string, more: number): void => {
    bytes += more;
    const of = (bytesOf.get(tenant) ?? 0) + more;
    if (of === 0) bytesOf.delete(tenant);
    else bytesOf.set(tenant, of);
  };

  const send = async (message: SampleMessage, untilMs: number): Promise<void> => {
    const { payload, ...about } = message;
    if (steadyMs() >= untilMs) throw unavailable(`the bus took nothing for ${maxAgeMs / 1000} s`);
    await retry(() => publisher.publish(payload, about, closing.signal), {
      ...patiently,
      signal: closing.signal,
      shouldRetry: ({ retryable }) => retryable && steadyMs() < untilMs,
    });
  };

  const sendInTurn = async (message: SampleMessage): Promise<void> => {
    const { tenant, records, payload } = message;
    const untilMs = steadyMs() + maxAgeMs;
    try {
      await lanesOfTenants.run(tenant, () => lanes.run("all", () => send(message, untilMs)));
    } catch (thrown) {
      onDropped("not_taken", records);
      const before = lost.get(tenant)?.samples ?? 0;
      lost.set(tenant, { samples: before + records, why: AppError.from(thrown).message });
    } finally {
      weigh(tenant, -payload.length);
    }
  };

  return {
    put(message) {
      const { tenant, payload, records } = message;
      const most = publisher.maxMessageBytes();
      if (payload.length > most) {
        throw new AppError("too_large", `cannot record: got ${payload.length} bytes at once, want at most ${most}`);
      }
      const ofTenant = bytesOf.get(tenant) ?? 0;
      if (bytes + payload.length > maxBytes || ofTenant + payload.length > maxTenantBytes) {
        onDropped("no_room", records);
        throw unavailable(`cannot record: ${ofTenant} bytes wait for the bus already`);
      }
      weigh(tenant, payload.length);
      const work = sendInTurn(message).finally(() => sending.delete(work));
      sending.add(work);
    },

    lostOf(tenant) {
      const found = lost.get(tenant);
      if (found === undefined) return undefined;
      lost.delete(tenant);
      return unavailable(`cannot record: ${found.samples} samples of before were given up: ${found.why}`);
    },

    async close(maxMs) {
      const timer = setTimeout(() => closing.abort(unavailable("stopping")), maxMs);
      while (sending.size > 0) await Promise.all(sending);
      clearTimeout(timer);
    },
  };
}
