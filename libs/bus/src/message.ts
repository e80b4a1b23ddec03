import type { MsgHdrs } from "@nats-io/transport-node";
import { isTenant } from "@sightline/model/tenant";
import { HEADERS } from "./subjects.ts";

/** One message as it lies in a stream. */
export interface StoredMessage {
  readonly subject: string;
  /** Nobody writes into it, unless its holder says that it is done with it. */
  readonly payload: Uint8Array;
  /** Whose records these are; "" when the message does not say, which no publisher of ours does. */
  readonly tenant: string;
  /** How many records the publisher counted; 0 when it does not say. */
  readonly records: number;
  readonly seq: number;
  /** When ingest took it, nanoseconds since the Unix epoch; the server's time where the message does not say. */
  readonly receivedUnixNano: bigint;
}

interface RawMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly seq: number;
  readonly headers?: MsgHdrs | undefined;
  readonly storedUnixNano: bigint;
}

/** Reads our headers off a message. */
export function readMessage({ subject, data, seq, headers, storedUnixNano }: RawMessage): StoredMessage {
  const tenant = headers?.get(HEADERS.tenant) ?? "";
  const records = Number(headers?.get(HEADERS.records) ?? 0);
  const received = headers?.get(HEADERS.received) ?? "";
  return {
    subject,
    payload: data,
    tenant: isTenant(tenant) ? tenant : "",
    records: Number.isSafeInteger(records) && records > 0 ? records : 0,
    seq,
    receivedUnixNano: /^\d{1,19}$/.test(received) ? BigInt(received) : storedUnixNano,
  };
}
