import { AppError } from "@sightline/errors/app-error";
import { isOpen, isScheduled, type MaintenanceOpening, type MaintenanceWindow, refused } from "./maintenance-window.ts";
import { occurrences } from "./occurrences.ts";

/** Of one window at a time. */
const maxOpenings = 100;

/** How far ahead the end of what is scheduled is looked for. */
const yearMs = 366 * 24 * 3_600_000;

/**
 * The window opened until a time, whatever its schedule. What was opened under the same key and lasts stays as it is, so that a job may
 * say it again; people, who have no key, say it anew. Throws invalid_argument, resource_exhausted.
 */
export function openWindow(window: MaintenanceWindow, opening: MaintenanceOpening): MaintenanceWindow {
  const { key, atMs, untilMs, by, reason } = opening;
  if (!(Number.isFinite(untilMs) && untilMs > atMs)) {
    throw refused("got no end that is ahead, want until when it is open");
  }
  if (by.trim() === "") throw refused("got nobody, want who opens it");
  if (reason.trim() === "") throw refused("got no reason, want why it is opened");
  const lasting = openingsAt(window, atMs);
  if (key !== "" && lasting.some((one) => one.key === key)) return window;
  const others = lasting.filter((one) => one.key !== key);
  if (others.length >= maxOpenings) {
    const message = `cannot open maintenance window: got one more opening, want ${maxOpenings} at most`;
    throw new AppError("resource_exhausted", message);
  }
  return { ...window, openings: [...others, opening], updatedAtMs: atMs };
}

export interface Closing {
  /** Takes back only what was opened under it; "": closes the window. */
  readonly key: string;
  /** The user, or the program. */
  readonly by: string;
  readonly nowMs: number;
}

/**
 * The window closed: what was opened ends, and what is open by its schedule stays closed until that ends. With a key only what was opened
 * under it ends. The same window where that changes nothing.
 */
export function closeWindow(window: MaintenanceWindow, { key, by, nowMs }: Closing): MaintenanceWindow {
  if (by.trim() === "") throw refused("got nobody, want who closes it");
  const lasting = openingsAt(window, nowMs);
  if (key !== "") {
    const others = lasting.filter((one) => one.key !== key);
    return others.length === lasting.length ? window : { ...window, openings: others, updatedAtMs: nowMs };
  }
  if (!isOpen(window, nowMs)) return window;
  const scheduled = { ...window, openings: [], closed: undefined };
  if (!isScheduled(window.schedule, nowMs)) return { ...window, openings: [], updatedAtMs: nowMs };
  const [occurrence] = occurrences(scheduled, nowMs, nowMs + yearMs);
  const closed = { untilMs: occurrence?.endMs ?? nowMs, by };
  return { ...window, openings: [], closed, updatedAtMs: nowMs };
}

/** What was opened and lasts. */
export function openingsAt({ openings }: MaintenanceWindow, nowMs: number): MaintenanceOpening[] {
  return openings.filter(({ untilMs }) => untilMs > nowMs);
}
