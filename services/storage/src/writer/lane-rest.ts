import type { LaneClaim } from "./lane-claim.ts";
import { type PauseWatch, pauseOver } from "./pause.ts";

/** When an owner may write, and what it says while it may not. */
export interface LaneRest {
  /** Waits while writing is to rest; from then on a batch is being written. Rejects when the signal aborts. */
  begin(signal: AbortSignal): Promise<void>;
  /** A batch is being written that was recorded before: until it is stored nobody knows what the database holds. */
  proceed(): void;
  /** The batch is stored, and recorded as such. */
  end(): Promise<void>;
  /** Records that the lane rests when it does and is asked to: so that whoever asked knows. */
  tell(): Promise<void>;
}

/** The two sides of a pause for one lane. That it rests is only said while no batch is being written. */
export function createLaneRest(claim: LaneClaim, pause: Pick<PauseWatch, "active" | "onChange">): LaneRest {
  let writing = false;
  const tell = async (): Promise<void> => {
    const paused = pause.active();
    if (!writing && claim.state().paused !== paused) await claim.write({ paused });
  };
  return {
    begin: async (signal) => {
      // Asked again after each wait: another pause may have begun before this turn.
      while (pause.active() !== undefined) await pauseOver(pause, signal);
      writing = true;
    },
    proceed: () => {
      writing = true;
    },
    end: () => {
      writing = false;
      return tell();
    },
    tell,
  };
}
