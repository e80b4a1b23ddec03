import type { StoredMessage } from "@sightline/bus/message";
import type { BatchTranscoder } from "./batch-transcoder.ts";
import { appendMessage, type Rejected } from "./transcoding.ts";

/**
 * Messages that are stored together. Their payloads are not kept, only what the transcoder made of them: should they be
 * needed again, they are on the bus until they are stored.
 */
export interface Batch {
  /** How many there are, at least one. */
  readonly messages: number;
  /** The sequences of the first and the last one. They name the batch. */
  readonly first: number;
  readonly last: number;
  /** When the first one was received. */
  readonly receivedUnixNano: bigint;
  /** Their records. Not to be reset or appended to until the batch is stored. */
  readonly transcoder: BatchTranscoder;
  /** What is put aside. */
  readonly rejected: readonly Rejected[];
}

/** A batch that is being gathered. */
export interface OpenBatch {
  /** Adds the message behind those added before. Its payload is not looked at afterwards. */
  add(message: StoredMessage): void;
  /** Payload bytes that were added. */
  bytes(): number;
  /** What was added, or undefined if nothing was. */
  close(): Batch | undefined;
}

/** @param transcoder empty */
export function openBatch(transcoder: BatchTranscoder): OpenBatch {
  const rejected: Rejected[] = [];
  let head: Pick<StoredMessage, "seq" | "receivedUnixNano"> | undefined;
  let last = 0;
  let messages = 0;
  let bytes = 0;
  return {
    add(message) {
      const { seq, receivedUnixNano } = message;
      head ??= { seq, receivedUnixNano };
      last = seq;
      messages += 1;
      bytes += message.payload.length;
      const problem = appendMessage(transcoder, message);
      if (problem === undefined) return;
      rejected.push({ ...problem, message: { ...message, payload: message.payload.slice() } });
    },
    bytes: () => bytes,
    close: () =>
      head && { messages, first: head.seq, last, receivedUnixNano: head.receivedUnixNano, transcoder, rejected },
  };
}
