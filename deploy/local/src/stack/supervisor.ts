import type { ProcessEnd } from "../servers/process.ts";

/** A process that is watched over. */
export interface Child {
  readonly pid: number;
  /** Settles when it has ended; never rejects. */
  readonly ended: Promise<ProcessEnd>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export interface SupervisorOptions<C extends Child> {
  readonly name: string;
  /** Starts the process; resolves when it does its work. */
  start(): Promise<C>;
  /** Gets one line for every unexpected end and every new start. */
  report(line: string): void;
  /** Wait before the first new start; it doubles with every further one. Default 500. */
  readonly firstDelayMs?: number;
  /** Longest wait. Default 30 000. */
  readonly maxDelayMs?: number;
  /** A process that ran for so long counts as healthy, and the waits begin anew. Default 60 000. */
  readonly healthyAfterMs?: number;
  /** So many new starts without a healthy run in between, then it is given up. Default 10. */
  readonly maxRestarts?: number;
}

/** Keeps one process running. */
export interface Supervisor<C extends Child> {
  /** The process, or undefined while there is none. */
  current(): C | undefined;
  /** Starts it. Rejects, and watches nothing, when it does not come up. */
  start(): Promise<C>;
  /** Ends it as a power cut would, and leaves it so until `start`. */
  kill(): Promise<void>;
  /** Ends it cleanly, and leaves it so until `start`. Idempotent. */
  stop(): Promise<void>;
}

/** Watches over a process: when it ends without having been told to, says so and starts it again, later and later. */
export function createSupervisor<C extends Child>(options: SupervisorOptions<C>): Supervisor<C> {
  const { name, report, firstDelayMs = 500, maxDelayMs = 30_000, healthyAfterMs = 60_000, maxRestarts = 10 } = options;
  let child: C | undefined;
  let starting: Promise<C> | undefined;
  /** Set while the process is wanted; aborted by stop and kill. */
  let wanted = new AbortController();
  wanted.abort();

  function begin(): Promise<C> {
    starting ??= options.start().finally(() => {
      starting = undefined;
    });
    return starting;
  }

  async function watch(signal: AbortSignal): Promise<void> {
    let restarts = 0;
    while (child !== undefined) {
      const since = performance.now();
      const end = await child.ended;
      if (signal.aborted) return;
      const how = end.signal === null ? `exit code ${end.code}` : `signal ${end.signal}`;
      child = undefined;
      if (performance.now() - since > healthyAfterMs) restarts = 0;
      child = await startAgain(how, restarts, signal);
      restarts++;
    }
  }

  /** Undefined when it is not wanted any more or given up. */
  async function startAgain(how: string, restarts: number, signal: AbortSignal): Promise<C | undefined> {
    for (let attempt = restarts; attempt < maxRestarts; attempt++) {
      const delayMs = Math.min(maxDelayMs, firstDelayMs * 2 ** attempt);
      report(`${name} ended unexpectedly (${how}); starting it again in ${delayMs / 1000} s`);
      await pause(delayMs, signal);
      if (signal.aborted) return undefined;
      try {
        const started = await begin();
        // Whoever did not want it any more has ended it.
        if (signal.aborted) return undefined;
        report(`${name} is up again`);
        return started;
      } catch (error) {
        if (signal.aborted) return undefined;
        report(error instanceof Error ? error.message : String(error));
      }
    }
    report(`gave up on ${name} after ${maxRestarts} starts; look into its log`);
    return undefined;
  }

  async function end(how: "stop" | "kill"): Promise<void> {
    wanted.abort();
    const late = await starting?.catch(() => undefined);
    const ending = child ?? late;
    child = undefined;
    await ending?.[how]();
  }

  return {
    current: () => child,
    async start() {
      if (child !== undefined && !wanted.signal.aborted) return child;
      // A new start that was only being waited for is this one.
      wanted.abort();
      wanted = new AbortController();
      const { signal } = wanted;
      const started = await begin();
      if (signal.aborted) throw new Error(`cannot start ${name}: it was stopped meanwhile`);
      child = started;
      void watch(signal);
      return started;
    },
    kill: () => end("kill"),
    stop: () => end("stop"),
  };
}

/** Resolves after the time, or at once when aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener(
    "abort",
    () => {
      clearTimeout(timer);
      resolve();
    },
    { once: true },
  );
  return promise;
}
