import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { findOnPath } from "../install/paths.ts";

export interface ProcessOptions {
  /** Names the process in messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Another user to run as; needs root. */
  readonly user?: ProcessUser;
  /** What the process reads on standard input, which is then closed. */
  readonly input?: string;
  /** Gets every line the process prints, without its end. */
  readonly onLine?: (line: string) => void;
  /** Asks for a clean end; also sent when this process dies. Default SIGTERM. */
  readonly stopSignal?: NodeJS.Signals;
  /** How long a clean end may take before SIGKILL. Default 5000. */
  readonly stopTimeoutMs?: number;
}

export interface ProcessUser {
  readonly uid: number;
  readonly gid: number;
  /** May enter directories closed to that user, such as root's home. */
  readonly entersAll: boolean;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningProcess {
  readonly pid: number;
  /** Settles when the process has ended and all it printed was read; never rejects. */
  readonly ended: Promise<ProcessEnd>;
  isRunning(): boolean;
  /** The last lines it printed, oldest first. */
  lastLines(): readonly string[];
  /** Resolves with the first line that matches. Rejects with one line when the process ends before or time runs out. */
  waitForLine(pattern: RegExp, timeoutMs: number): Promise<string>;
  /** Ends it cleanly, by force after the deadline. Idempotent. */
  stop(): Promise<void>;
  /** Ends it at once, as a power cut would. Idempotent. */
  kill(): Promise<void>;
}

const keptLines = 30;
/** How long the last lines of an ended process are waited for. */
const drainMs = 500;

/**
 * Starts a child that dies with this process, however this process ends. It is in a session of its own, so that Ctrl-C
 * in the terminal reaches only us and we decide the order in which children end.
 */
export function startProcess(options: ProcessOptions): RunningProcess {
  const stopSignal = options.stopSignal ?? "SIGTERM";
  const [command, args] = guarded(options, stopSignal);
  const child = spawn(command, args, {
    detached: true,
    env: { ...options.env },
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  if (options.input !== undefined) {
    // A child that ends before it has read its input is reported as ended.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input);
  }
  const watch = watchOutput(child, options.onLine);
  const ended = endOf(child, watch.add);
  return {
    pid: child.pid ?? -1,
    ended,
    isRunning: () => isRunning(child),
    lastLines: () => watch.lines,
    waitForLine: (pattern, timeoutMs) => waitForLine({ name: options.name, pattern, timeoutMs, ended, watch }),
    stop: () => end(child, ended, stopSignal, options.stopTimeoutMs ?? 5000),
    kill: () => end(child, ended, "SIGKILL", 0),
  };
}

/** The command behind setpriv (util-linux), which makes the kernel signal the child when its parent dies. */
function guarded(options: ProcessOptions, signal: NodeJS.Signals): [string, string[]] {
  const setpriv = findOnPath("setpriv");
  if (setpriv === undefined) {
    if (options.user !== undefined)
      throw new Error(`cannot start ${options.name}: setpriv is missing; install util-linux`);
    return [options.command, [...options.args]];
  }
  const flags: string[] = [];
  if (options.user !== undefined) {
    const { uid, gid, entersAll } = options.user;
    flags.push(`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups");
    if (entersAll) {
      // Kept by access(2) too, which else judges by the user alone.
      flags.push("--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup");
    }
  }
  flags.push("--pdeathsig", signal.replace("SIG", ""));
  return [setpriv, [...flags, "--", options.command, ...options.args]];
}

interface OutputWatch {
  readonly lines: string[];
  readonly listeners: Set<(line: string) => void>;
  add(line: string): void;
}

function watchOutput(child: ChildProcess, onLine: ((line: string) => void) | undefined): OutputWatch {
  const lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  const add = (line: string): void => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
    onLine?.(line);
    for (const listener of listeners) listener(line);
  };
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on("line", add);
  }
  return { lines, listeners, add };
}

function endOf(child: ChildProcess, add: (line: string) => void): Promise<ProcessEnd> {
  const { promise, resolve } = Promise.withResolvers<ProcessEnd>();
  child.once("error", (error) => {
    add(error.message);
    if (child.pid === undefined) resolve({ code: -1, signal: null });
  });
  let drain: NodeJS.Timeout | undefined;
  child.once("exit", () => {
    // A grandchild that lives on would keep the pipes open.
    // When all of that time went by without us, what is there is read first.
    drain = setTimeout(() => {
      setImmediate(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      });
    }, drainMs);
  });
  // Not "exit": what is still in the pipes says why it ended.
  child.once("close", (code, signal) => {
    clearTimeout(drain);
    resolve({ code, signal });
  });
  return promise;
}

interface LineWait {
  readonly name: string;
  readonly pattern: RegExp;
  readonly timeoutMs: number;
  readonly ended: Promise<ProcessEnd>;
  readonly watch: OutputWatch;
}

async function waitForLine(wait: LineWait): Promise<string> {
  const { name, pattern, timeoutMs, ended, watch } = wait;
  const seen = watch.lines.find((line) => pattern.test(line));
  if (seen !== undefined) return seen;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const listener = (line: string): void => {
    if (pattern.test(line)) resolve(line);
  };
  watch.listeners.add(listener);
  const timer = setTimeout(() => {
    reject(new Error(`cannot start ${name}: not ready after ${timeoutMs} ms; it last said: ${lastWords(watch.lines)}`));
  }, timeoutMs);
  void ended.then(() => reject(new Error(`cannot start ${name}: it ended, saying: ${lastWords(watch.lines)}`)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    watch.listeners.delete(listener);
  }
}

/** What a program said that best tells why it ended: the last line that speaks of a failure, else the last one. */
export function lastWords(lines: readonly string[]): string {
  const telling = lines.findLast((line) => /error|fatal|cannot|failed|in use|denied/i.test(line));
  return (telling ?? lines.at(-1) ?? "nothing").trim();
}

async function end(child: ChildProcess, ended: Promise<unknown>, signal: NodeJS.Signals, timeoutMs: number) {
  if (isRunning(child)) sendSignal(child, signal);
  const timer = timeoutMs > 0 ? setTimeout(() => sendSignal(child, "SIGKILL"), timeoutMs) : undefined;
  await ended;
  clearTimeout(timer);
}

/** A request to end goes to the process, which sees to its children itself; force goes to all of its group. */
function sendSignal(child: ChildProcess, signal: NodeJS.Signals): void {
  if (signal !== "SIGKILL" || child.pid === undefined) {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended in the meantime.
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}
