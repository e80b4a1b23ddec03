import type { Span } from "../zone/spans.ts";
import { openSpans } from "../zone/wall-window.ts";
import { DAY_MS, HOUR_MS, startOfDay, startOfWeek, timeOfDay, WEEK_MS, weekdayOffset } from "../zone/weekdays.ts";
import type { Zone } from "../zone/zone.ts";
import type { Layer, Rotation, RotationUnit, Shift, ShiftSource } from "./schedule.ts";

/** A part of one turn: a shift that tells which turn it belongs to. */
export interface Piece extends Shift {
  /** When the turn, or the override, began; the same whatever of it is looked at. */
  readonly turnStartMs: number;
}

const unitMs: Readonly<Record<RotationUnit, number>> = { hour: HOUR_MS, day: DAY_MS, week: WEEK_MS };

/** How long a turn is on the wall, in milliseconds. */
export function turnLength({ every, unit }: Rotation): number {
  return every * unitMs[unit];
}

/** When whom of a layer is on call, clipped to `within`, in order, one piece for each turn or part of it. */
export function layerPieces(layer: Layer, zone: Zone, within: Span): Piece[] {
  const startMs = Math.max(within.startMs, layer.startsAtMs);
  const endMs = Math.min(within.endMs, layer.endsAtMs ?? Number.POSITIVE_INFINITY);
  if (startMs >= endMs) return [];
  const turns = turnsOf(layer, zone, { startMs, endMs });
  if (layer.restrictions.length === 0) return turns;
  return cutTo(turns, openSpans(layer.restrictions, zone, { startMs, endMs }));
}

/** The turns, as if there were no restrictions. */
function turnsOf(layer: Layer, zone: Zone, within: Span): Piece[] {
  const { participants, rotation, startsAtMs } = layer;
  const anchor = firstHandover(rotation, zone.wallOf(startsAtMs));
  const length = turnLength(rotation);
  const source: ShiftSource = { kind: "layer", layer: layer.name };
  const pieces: Piece[] = [];
  // Of a wall time that comes twice the first is meant, so that a turn may have begun that the wall does not show yet.
  let turn = Math.max(0, Math.floor((zone.wallOf(within.startMs) - anchor) / length));
  for (let fromMs = zone.momentOf(anchor + turn * length); fromMs < within.endMs; turn++) {
    const toMs = zone.momentOf(anchor + (turn + 1) * length);
    const turnStartMs = Math.max(fromMs, startsAtMs);
    const startMs = Math.max(turnStartMs, within.startMs);
    const endMs = Math.min(toMs, within.endMs);
    const user = participants[turn % participants.length];
    if (startMs < endMs && user !== undefined) pieces.push({ user, startMs, endMs, source, turnStartMs });
    fromMs = toMs;
  }
  return pieces;
}

/** The wall time of the last hand-over up to the one at which the layer starts: turns are counted from it. */
function firstHandover(rotation: Rotation, startWall: number): number {
  const time = timeOfDay(rotation.handoverTime) ?? 0;
  if (rotation.handoverWeekday === undefined) {
    const sameDay = startOfDay(startWall) + time;
    return sameDay <= startWall ? sameDay : sameDay - DAY_MS;
  }
  const sameWeek = startOfWeek(startWall) + weekdayOffset(rotation.handoverWeekday) + time;
  return sameWeek <= startWall ? sameWeek : sameWeek - WEEK_MS;
}

/** What of the pieces lies in the spans; both in order and without overlaps. */
export function cutTo(pieces: readonly Piece[], spans: readonly Span[]): Piece[] {
  const cut: Piece[] = [];
  let first = 0;
  for (const piece of pieces) {
    while ((spans[first]?.endMs ?? Number.POSITIVE_INFINITY) <= piece.startMs) first++;
    for (let at = first; at < spans.length; at++) {
      const span = spans[at];
      if (span === undefined || span.startMs >= piece.endMs) break;
      const startMs = Math.max(piece.startMs, span.startMs);
      cut.push({ ...piece, startMs, endMs: Math.min(piece.endMs, span.endMs) });
    }
  }
  return cut;
}
