import { randomUUID } from "node:crypto";
import { type Bus, connectBus } from "@sightline/bus/connect";
import { createPublisher } from "@sightline/bus/publish";
import type { Signal } from "@sightline/bus/subjects";
import type { Stack } from "@sightline/local/stack/stack";
import { quietLog } from "@sightline/testkit/quiet-log";

/** A connection of the test's own to a stack's bus. */
export interface FaultBus extends AsyncDisposable {
  readonly bus: Bus;
  /** Publishes past ingest and its checks; answers the sequence. */
  publishRaw(signal: Signal, payload: Uint8Array, tenant?: string): Promise<number>;
}

export async function connectFaultBus(stack: Stack): Promise<FaultBus> {
  const { SIGHTLINE_NATS_URL: url = "" } = stack.environment("storage");
  const bus = await connectBus({ url, name: "test", log: quietLog });
  return {
    bus,
    publishRaw: async (signal, payload, tenant = "default") => {
      const publisher = createPublisher(bus, signal, { as: "ingest", maxInFlightBytes: 100_000_000 });
      return (await publisher.publish(payload, { tenant, records: 1, msgId: randomUUID() })).seq;
    },
    [Symbol.asyncDispose]: () => bus.close(),
  };
}
