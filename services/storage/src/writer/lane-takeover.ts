import { pause } from "@sightline/bus/connect";
import { type ClaimOptions, claimLane, type LaneClaim } from "./lane-claim.ts";
import { decodeLaneState, type LaneState } from "./lane-state.ts";

export interface TakeoverOptions extends Omit<ClaimOptions, "incarnation"> {
  /** Of the lane's stream, asked when the lane is taken. */
  incarnation(): Promise<string>;
  /** Whether to take the lane without waiting for its owner to fall silent. */
  readonly atOnce: boolean;
  /** How long an owner must have been silent, milliseconds; owners speak several times as often. */
  readonly takeoverMs: number;
  readonly signal: AbortSignal;
  /** Told what the lane's owner last said. */
  onSeen(state: LaneState): void;
}

const POLLS_PER_TAKEOVER = 6;

/**
 * Waits until a lane can be had and takes it; undefined when the signal aborts first. A lane can be had when its owner
 * left it or fell silent, told by the record not changing: the clocks of two machines are never compared.
 */
export async function takeLane(options: TakeoverOptions): Promise<LaneClaim | undefined> {
  const { persist, signal, takeoverMs } = options;
  let seen: { revision: number; since: number } | undefined;
  let due = options.atOnce;
  while (!signal.aborted) {
    if (due) {
      const claim = await persist("record", signal, async () =>
        claimLane({ ...options, incarnation: await options.incarnation() }),
      );
      if (claim !== undefined) return claim;
    }
    await pause(takeoverMs / POLLS_PER_TAKEOVER, signal);
    if (signal.aborted) break;
    const found = await persist("record", signal, () => options.bucket.get(options.lane));
    if (found === undefined) {
      due = true;
      continue;
    }
    const state = decodeLaneState(found.value);
    options.onSeen(state);
    if (found.revision !== seen?.revision) seen = { revision: found.revision, since: performance.now() };
    due = state.owner === "" || performance.now() - seen.since >= takeoverMs;
  }
  return undefined;
}
