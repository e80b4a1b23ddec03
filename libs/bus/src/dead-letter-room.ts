import type { Bus } from "./connect.ts";
import { listDeadLetters } from "./dead-letters.ts";
import { purgeBefore, streamState } from "./streams.ts";

/** So much of the stream is made free at once: who is full needs room again soon. */
const ROOM_SHARE = 0.05;
/** What a letter takes beside its payload: headers of ours, and up to 512 characters of what was wrong. */
const HEAD_BYTES = 512;
const PAGE_LETTERS = 1000;

/**
 * Removes the oldest dead letters for good until there is room for one of so many bytes and for some more: whoever looks
 * at dead letters needs the newest. Throws `unavailable` when the bus is.
 *
 * @returns how many letters went
 */
export async function makeDeadLetterRoom(bus: Bus, letterBytes: number): Promise<number> {
  const { firstSeq, bytes, maxBytes } = await streamState(bus, "deadLetter");
  const surplus = bytes + Math.max(letterBytes + 2 * HEAD_BYTES, maxBytes * ROOM_SHARE) - maxBytes;
  let stays = firstSeq;
  for (let freed = 0; freed < surplus; ) {
    const { heads } = await listDeadLetters(bus, { startSeq: stays, maxLetters: PAGE_LETTERS });
    if (heads.length === 0) break;
    for (const head of heads) {
      if (freed >= surplus) break;
      freed += head.bytes;
      stays = head.seq + 1;
    }
  }
  return await purgeBefore(bus, { stream: "deadLetter", seq: stays });
}
