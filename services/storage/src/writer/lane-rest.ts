import type { LaneClaim } from "./lane-claim.ts";
import { type LanePause, pauseOver } from "./pause.ts";

/** When an owner may write, and what it says while it may not. */
export interface LaneRest {
  /** Waits while writing is to rest; from then on a batch is being written. Rejects when the signal aborts. */
  begin(signal: AbortSignal): Promise<void>;
  /**
   * A batch is being written that was recorded before: until it is stored nobody knows what the database holds, so it
   * waits for a pause only if that does not care. Rejects when the signal aborts.
   */
  proceed(signal: AbortSignal): Promise<void>;
  /** Whether a batch is being written that has to be broken off. */
  isUnwanted(): boolean;
  /** The batch is stored, and recorded as such. */
  end(): Promise<void>;
  /** Records that the lane rests when it does and is asked to: so that whoever asked knows. */
  tell(): Promise<void>;
}

/** The two sides of a pause for one lane. That it rests is only said while no batch is being written. */
export function createLaneRest(claim: LaneClaim, pause: LanePause): LaneRest {
  let writing = false;
  const tell = async (): Promise<void> => {
    const paused = pause.active();
    if (!writing && claim.state().paused !== paused) await claim.write({ paused });
  };
  const begin = async (signal: AbortSignal): Promise<void> => {
    // Asked again after each wait: another pause may have begun before this turn.
    while (pause.active() !== undefined) await pauseOver(pause, signal);
    writing = true;
  };
  return {
    begin,
    proceed: async (signal) => {
      if (!pause.atOnce()) {
        writing = true;
        return;
      }
      await tell();
      await begin(signal);
    },
    isUnwanted: () => writing && pause.atOnce(),
    end: () => {
      writing = false;
      return tell();
    },
    tell,
  };
}
