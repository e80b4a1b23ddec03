import { setTimeout as pause } from "node:timers/promises";

/** How a process that runs but does nothing any more is found. */
export interface LivenessPolicy {
  /** Between two questions, milliseconds. */
  readonly periodMs: number;
  /** So many without an answer in a row, and it counts as dead. */
  readonly failures: number;
}

/** What the chart has, for processes that only a kubelet would end there. */
export const DEFAULT_LIVENESS: LivenessPolicy = { periodMs: 10_000, failures: 6 };

export interface LivenessOptions extends LivenessPolicy {
  /** Whether it answers; resolves in time. */
  isAlive(): Promise<boolean>;
  /** Called once, when it counts as dead. */
  onDead(): Promise<void>;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/**
 * Asks a process again and again whether it lives. One whose event loop is blocked cannot answer, and nothing inside it
 * can tell: it is to be ended from outside and started again.
 */
export async function watchLiveness(options: LivenessOptions): Promise<void> {
  const { periodMs, failures, signal } = options;
  let missed = 0;
  while (missed < failures) {
    await pause(periodMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    missed = (await options.isAlive()) ? 0 : missed + 1;
  }
  if (!signal.aborted) await options.onDead();
}
