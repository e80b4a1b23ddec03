import { syncBuiltinESMExports } from "node:module";
import { relative } from "node:path";
import timers from "node:timers";
import type { LeakWatch } from "./watch.ts";

/** Past so many timers the finished ones are forgotten. */
const pruneAt = 1000;

/** Watches timers that keep this process from ending, and remembers where they were set. */
export function watchTimers(): LeakWatch {
  const setAt = new Map<NodeJS.Timeout, Error>();
  const remembering = <F extends typeof setTimeout | typeof setInterval>(set: F): F =>
    new Proxy(set, {
      apply(target, self, args) {
        const timer: unknown = Reflect.apply(target, self, args);
        if (isTimeout(timer)) {
          if (setAt.size >= pruneAt) for (const known of setAt.keys()) if (!isActive(known)) setAt.delete(known);
          setAt.set(timer, new Error());
        }
        return timer;
      },
    });
  const functions = { setTimeout: remembering(setTimeout), setInterval: remembering(setInterval) };
  Object.assign(globalThis, functions);
  Object.assign(timers, functions);
  syncBuiltinESMExports();
  const active = () => [...setAt].filter(([timer]) => isActive(timer) && timer.hasRef());
  return {
    leaks() {
      const named = active().map(([, error]) => `a timer set ${placeOf(error)}`);
      const others = process.getActiveResourcesInfo().filter((type) => type === "Timeout").length - named.length;
      return others > 0 ? [...named, `a timer of Node's own or of node:timers/promises (${others})`] : named;
    },
    end() {
      for (const [timer] of active()) clearTimeout(timer);
    },
  };
}

const example = setTimeout(() => undefined, 0);
clearTimeout(example);

function isTimeout(value: unknown): value is NodeJS.Timeout {
  return value instanceof example.constructor;
}

/** Neither cleared nor over. Node tells it by a property it does not document; without it every timer counts as over. */
function isActive(timer: NodeJS.Timeout): boolean {
  return Reflect.get(timer, "_destroyed") === false;
}

/** The innermost line of the stack outside Node and this file. */
function placeOf(error: Error): string {
  const lines = (error.stack ?? "").split("\n").slice(1);
  const line = lines.find((candidate) => !candidate.includes("node:") && !candidate.includes(import.meta.filename));
  const place = line?.match(/(?:file:\/\/)?(\/[^\s()]+)/)?.[1];
  return place === undefined ? "somewhere" : `at ${relative(process.cwd(), place)}`;
}
