import { AppError } from "@sightline/errors/app-error";
import { type Matcher, matchesAll } from "../matcher/matcher.ts";
import type { Labels } from "../notification.ts";
import { checkWindow, isOpen, type MaintenanceWindow } from "./maintenance-window.ts";
import { silenceMatchers } from "./silence.ts";

export interface MaintenanceOptions {
  readonly maxWindows: number;
}

/** The maintenance windows of one tenant. */
export interface Maintenance {
  /** Keeps a window, in place of the one with its id. Throws invalid_argument, and resource_exhausted beyond `maxWindows`. */
  put(window: MaintenanceWindow): void;
  /** Takes windows as they are kept, in place of all that are here. */
  learn(windows: readonly MaintenanceWindow[]): void;
  get(id: string): MaintenanceWindow | undefined;
  /** The ids of the windows that are open and match. */
  mutedBy(alert: { readonly labels: Labels }, nowMs: number): readonly string[];
}

interface Entry {
  readonly window: MaintenanceWindow;
  readonly matchers: readonly Matcher[];
}

const none: readonly string[] = [];

/** Makes it without windows. */
export function createMaintenance({ maxWindows }: MaintenanceOptions): Maintenance {
  const entries = new Map<string, Entry>();
  /** Those that are open at one moment: all alerts of a flush ask for the same. */
  let opened: { readonly atMs: number; readonly entries: readonly Entry[] } | undefined;

  function put(window: MaintenanceWindow): void {
    checkWindow(window);
    if (!entries.has(window.id) && entries.size >= maxWindows) {
      const message = `cannot set maintenance window: got one more, want ${maxWindows} at most`;
      throw new AppError("resource_exhausted", message);
    }
    entries.set(window.id, { window, matchers: silenceMatchers(window.matchers, "maintenance window") });
    opened = undefined;
  }

  function openEntries(nowMs: number): readonly Entry[] {
    if (opened?.atMs !== nowMs) {
      opened = { atMs: nowMs, entries: [...entries.values()].filter(({ window }) => isOpen(window, nowMs)) };
    }
    return opened.entries;
  }

  return {
    put,

    learn(windows) {
      entries.clear();
      opened = undefined;
      for (const window of windows) put(window);
    },

    get: (id) => entries.get(id)?.window,

    mutedBy({ labels }, nowMs) {
      if (entries.size === 0) return none;
      const open = openEntries(nowMs);
      if (open.length === 0) return none;
      return open.filter(({ matchers }) => matchesAll(matchers, labels)).map(({ window }) => window.id);
    },
  };
}
