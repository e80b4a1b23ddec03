/** A signal that aborts some time after another one did, so that what is under way can end by itself. */
export interface DrainSignal {
  readonly signal: AbortSignal;
  /** To be called when nothing is under way any more. */
  release(): void;
}

/** @param drainMs how long after the other signal */
export function drainSignal(signal: AbortSignal, drainMs: number): DrainSignal {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    timer = setTimeout(() => controller.abort(signal.reason), drainMs);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return {
    signal: controller.signal,
    release() {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    },
  };
}
