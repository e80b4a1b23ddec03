import { within } from "./lifecycle.ts";

/** Whether a dependency can be used now: true, or false or a reason why not. */
export type ReadinessCheck = () => boolean | string | Promise<boolean | string>;

/** What must hold for a service to be sent work. */
export interface Readiness {
  /** Asked on every probe, at the same time as the others, and cut off after a second. */
  add(name: string, check: ReadinessCheck): void;
}

export interface ReadinessReport {
  readonly ready: boolean;
  /** What is not ready, with the reason. */
  readonly notReady: Readonly<Record<string, string>>;
}

/** The service's own view of its readiness: the checks, and whether it has started and not begun to stop. */
export interface ReadinessState extends Readiness {
  started(): void;
  stopping(): void;
  report(): Promise<ReadinessReport>;
}

const CHECK_TIMEOUT_MS = 1000;

export function createReadiness(): ReadinessState {
  const checks = new Map<string, ReadinessCheck>();
  let phase: "starting" | "started" | "stopping" = "starting";
  return {
    add: (name, check) => void checks.set(name, check),
    started: () => {
      if (phase === "starting") phase = "started";
    },
    stopping: () => {
      phase = "stopping";
    },
    async report() {
      if (phase !== "started") return { ready: false, notReady: { service: phase } };
      const reasons = await Promise.all([...checks].map(async ([name, check]) => [name, await ask(check)] as const));
      const notReady: Record<string, string> = {};
      for (const [name, reason] of reasons) if (reason !== undefined) notReady[name] = reason;
      return { ready: Object.keys(notReady).length === 0, notReady };
    },
  };
}

async function ask(check: ReadinessCheck): Promise<string | undefined> {
  try {
    const answer = await within(Promise.resolve(check()), CHECK_TIMEOUT_MS);
    if (answer === true) return undefined;
    return answer === false ? "not ready" : answer;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
