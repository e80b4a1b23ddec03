import { parseMatcher } from "@sightline/alertmanager/matcher/parse-matchers";
import {
  isOpen,
  type MaintenanceOpening,
  type MaintenanceWindow,
  refused,
} from "@sightline/alertmanager/silence/maintenance-window";
import { nextTurnMs } from "@sightline/alertmanager/silence/occurrences";
import { openingsAt } from "@sightline/alertmanager/silence/open-close";
import { AppError } from "@sightline/errors/app-error";
import type {
  MaintenanceOpening as OpeningMessage,
  MaintenanceWindow as WindowMessage,
} from "@sightline/proto/sightline/alert/v1/maintenance_window_service";
import { scheduleFromMessage } from "./schedule-message.ts";

/** How far ahead it is looked for when a window opens or closes next. */
const AHEAD_MS = 35 * 24 * 3_600_000;

/** The window that a message says, as it is kept or sent. Throws invalid_argument that names the field. */
export function windowFromMessage(message: WindowMessage): MaintenanceWindow {
  const { windowId, name, matchers, reason, createdBy, updatedAtUnixMs, closedUntilUnixMs, closedBy } = message;
  return {
    id: windowId,
    name,
    matchers: matchers.map(matcherFromText),
    schedule: scheduleFromMessage(message.schedule),
    openings: message.openings.map(openingFromMessage),
    closed: closedUntilUnixMs === 0n ? undefined : { untilMs: Number(closedUntilUnixMs), by: closedBy },
    createdBy,
    comment: reason,
    updatedAtMs: Number(updatedAtUnixMs),
  };
}

function matcherFromText(text: string, at: number) {
  try {
    const { name, operator, value } = parseMatcher(text);
    return { name, operator, value };
  } catch (thrown) {
    throw refused(`matchers[${at}]: ${AppError.from(thrown).message}`);
  }
}

/** What is kept of a window after it was opened or closed: everything else stays as it was written. */
export function saidOf({ openings, closed, updatedAtMs }: MaintenanceWindow) {
  return {
    openings: openings.map(openingToMessage),
    closedUntilUnixMs: BigInt(closed?.untilMs ?? 0),
    closedBy: closed?.by ?? "",
    updatedAtUnixMs: BigInt(updatedAtMs),
  } satisfies Partial<WindowMessage>;
}

/** A window as it is answered: with what the time makes of it. */
export function shownWindow(kept: WindowMessage, nowMs: number): WindowMessage {
  const window = windowFromMessage(kept);
  const isClosed = (window.closed?.untilMs ?? 0) > nowMs;
  return {
    ...kept,
    openings: openingsAt(window, nowMs).map(openingToMessage),
    closedUntilUnixMs: isClosed ? kept.closedUntilUnixMs : 0n,
    closedBy: isClosed ? kept.closedBy : "",
    open: isOpen(window, nowMs),
    changesAtUnixMs: BigInt(nextTurnMs(window, nowMs, nowMs + AHEAD_MS) ?? 0),
  };
}

function openingFromMessage({ key, openedAtUnixMs, untilUnixMs, openedBy, reason }: OpeningMessage) {
  return { key, atMs: Number(openedAtUnixMs), untilMs: Number(untilUnixMs), by: openedBy, reason };
}

function openingToMessage({ key, atMs, untilMs, by, reason }: MaintenanceOpening): OpeningMessage {
  return { key, openedAtUnixMs: BigInt(atMs), untilUnixMs: BigInt(untilMs), openedBy: by, reason };
}
