import type { Bus } from "./connect.ts";
import { listDeadLetters } from "./dead-letters.ts";
import { purgeBefore, streamState } from "./streams.ts";

/** So much of the stream is made free at once: who is full needs room again soon. */
const ROOM_SHARE = 0.05;
/** What a letter takes beside its payload: headers of ours, and up to 512 characters of what was wrong. */
const HEAD_BYTES = 512;
const PAGE_LETTERS = 1000;

/** Dead letters that had to go. */
export interface DroppedLetters {
  readonly total: number;
  /** Of each tenant; "" has those that did not say whose they were. */
  readonly byTenant: ReadonlyMap<string, number>;
}

/**
 * Removes the oldest dead letters for good until there is room for one of so many bytes and for some more: whoever looks
 * at dead letters needs the newest. Throws `unavailable` when the bus is.
 */
export async function makeDeadLetterRoom(bus: Bus, letterBytes: number): Promise<DroppedLetters> {
  const { firstSeq, bytes, maxBytes } = await streamState(bus, "deadLetter");
  const surplus = bytes + Math.max(letterBytes + 2 * HEAD_BYTES, maxBytes * ROOM_SHARE) - maxBytes;
  const byTenant = new Map<string, number>();
  let stays = firstSeq;
  for (let freed = 0; freed < surplus; ) {
    const { heads } = await listDeadLetters(bus, { startSeq: stays, maxLetters: PAGE_LETTERS });
    if (heads.length === 0) break;
    for (const head of heads) {
      if (freed >= surplus) break;
      freed += head.bytes;
      byTenant.set(head.tenant, (byTenant.get(head.tenant) ?? 0) + 1);
      stays = head.seq + 1;
    }
  }
  return { total: await purgeBefore(bus, { stream: "deadLetter", seq: stays }), byTenant };
}
