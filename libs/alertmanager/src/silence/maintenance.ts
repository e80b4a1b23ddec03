import { AppError } from "@sightline/errors/app-error";
import { type Matcher, matchesAll } from "../matcher/matcher.ts";
import type { Labels } from "../notification.ts";
import { isOpen, isScheduled, type MaintenanceWindow, refused, scheduledEndMs } from "./maintenance-window.ts";
import { silenceMatchers } from "./silence.ts";

export interface MaintenanceOptions {
  readonly maxWindows: number;
}

export interface OverrideOptions {
  /** The user, or the program. */
  readonly by: string;
  readonly nowMs: number;
}

/** The maintenance windows of one tenant. */
export interface Maintenance {
  /**
   * Makes a window, or replaces the one with its id. Throws invalid_argument, and resource_exhausted beyond `maxWindows`. Whoever knows
   * better than the schedule opens or closes it.
   */
  put(window: MaintenanceWindow): void;
  /** Returns whether there was one. */
  remove(id: string): boolean;
  /** Opens a window until a time, whatever its schedule. Throws not_found, invalid_argument. Returns it as it is now. */
  open(id: string, untilMs: number, options: OverrideOptions): MaintenanceWindow;
  /** Closes a window: what was opened is as scheduled again; what is open by its schedule stays closed until that ends. */
  close(id: string, options: OverrideOptions): MaintenanceWindow;
  get(id: string): MaintenanceWindow | undefined;
  all(): IterableIterator<MaintenanceWindow>;
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

  function set(entry: Entry): void {
    entries.set(entry.window.id, entry);
    opened = undefined;
  }

  function find(id: string): Entry {
    const entry = entries.get(id);
    if (entry !== undefined) return entry;
    throw new AppError("not_found", `cannot find maintenance window: got ${JSON.stringify(id)}, want one that is kept`);
  }

  function openEntries(nowMs: number): readonly Entry[] {
    if (opened?.atMs !== nowMs) {
      opened = { atMs: nowMs, entries: [...entries.values()].filter(({ window }) => isOpen(window, nowMs)) };
    }
    return opened.entries;
  }

  return {
    put(window) {
      check(window);
      if (!entries.has(window.id) && entries.size >= maxWindows) {
        const message = `cannot set maintenance window: got one more, want ${maxWindows} at most`;
        throw new AppError("resource_exhausted", message);
      }
      set({ window, matchers: silenceMatchers(window.matchers, "maintenance window") });
    },

    remove(id) {
      opened = undefined;
      return entries.delete(id);
    },

    open(id, untilMs, { by, nowMs }) {
      const { window, matchers } = find(id);
      if (!(untilMs > nowMs && Number.isFinite(untilMs)))
        throw refused("got no end that is ahead, want until when it is open");
      const override = { kind: "opened", atMs: nowMs, untilMs, by } as const;
      const changed = { ...window, override, updatedAtMs: nowMs };
      set({ window: changed, matchers });
      return changed;
    },

    close(id, { by, nowMs }) {
      const { window, matchers } = find(id);
      if (!isOpen(window, nowMs)) return window;
      const untilMs = isScheduled(window.schedule, nowMs) ? scheduledEndMs(window.schedule, nowMs) : nowMs;
      const override = { kind: "closed", atMs: nowMs, untilMs, by } as const;
      const changed = { ...window, override, updatedAtMs: nowMs };
      set({ window: changed, matchers });
      return changed;
    },

    get: (id) => entries.get(id)?.window,

    *all() {
      for (const { window } of entries.values()) yield window;
    },

    mutedBy({ labels }, nowMs) {
      if (entries.size === 0) return none;
      const open = openEntries(nowMs);
      if (open.length === 0) return none;
      return open.filter(({ matchers }) => matchesAll(matchers, labels)).map(({ window }) => window.id);
    },
  };
}

function check({ name, createdBy, comment, schedule }: MaintenanceWindow): void {
  if (name.trim() === "") throw refused("got no name, want one");
  if (createdBy.trim() === "") throw refused("got no author, want who is responsible for it");
  if (comment.trim() === "") throw refused("got no comment, want the reason");
  if (schedule.kind === "once" && !(schedule.endsAtMs > schedule.startsAtMs)) {
    throw refused("got an end that is not after its start, want one that is");
  }
  if (schedule.kind === "recurring" && schedule.intervals.length === 0) {
    throw refused("got no time intervals, want at least one");
  }
}
