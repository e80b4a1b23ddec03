import { readFileSync } from "node:fs";

/** A process that was stopped by SIGSTOP, with all its descendants. */
export interface Frozen extends Disposable {
  /** Lets it go on. Idempotent. */
  thaw(): void;
}

/**
 * Stops a process and all it has started: Postgres' own processes are each in a session of their own, so that a signal
 * to the group would reach the first alone. They go on at the end of the block at the latest.
 */
export function freeze(pid: number | undefined): Frozen {
  if (pid === undefined) throw new Error("cannot freeze the process: it does not run");
  const stopped: number[] = [];
  const stop = (one: number) => {
    signal(one, "SIGSTOP");
    stopped.push(one);
    for (const child of childrenOf(one)) stop(child);
  };
  stop(pid);
  const thaw = () => {
    for (const one of stopped.splice(0).toReversed()) signal(one, "SIGCONT");
  };
  return { thaw, [Symbol.dispose]: thaw };
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return text.split(" ").filter(Boolean).map(Number);
  } catch {
    // It has ended in the meantime.
    return [];
  }
}

function signal(pid: number, name: "SIGSTOP" | "SIGCONT"): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended in the meantime.
  }
}
