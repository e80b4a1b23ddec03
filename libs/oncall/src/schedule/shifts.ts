import { between, type Span } from "../zone/spans.ts";
import { createZone } from "../zone/zone.ts";
import type { Override, Schedule, Shift, ShiftSource } from "./schedule.ts";
import { cutTo, layerPieces, type Piece } from "./turns.ts";

/** Who is on call in a time, everything put together, and each layer as if it were alone. */
export interface Shifts {
  /** In order, without overlaps; of two that meet the user or the source differs. */
  readonly final: readonly Shift[];
  /** The same of each layer, in the schedule's order. */
  readonly layers: readonly LayerShifts[];
  /** What overrides have somebody on call, the later ones on top. */
  readonly overrides: readonly Shift[];
  /** When nobody is on call. */
  readonly gaps: readonly Span[];
}

export interface LayerShifts {
  readonly layer: string;
  readonly shifts: readonly Shift[];
}

/** Who is on call from a moment until before another. Shifts that began before or end later are clipped. */
export function shifts(schedule: Schedule, fromMs: number, toMs: number): Shifts {
  const within = { startMs: fromMs, endMs: toMs };
  const layers = layersPieces(schedule, within);
  const overrides = overridePieces(schedule.overrides, within);
  const final = joinTurns(overlay([...layers, overrides]));
  return {
    final,
    layers: schedule.layers.map(({ name }, index) => ({ layer: name, shifts: joinTurns(layers[index] ?? []) })),
    overrides: joinTurns(overrides),
    gaps: between(final, within),
  };
}

/** Who is on call at a moment, and why; undefined when nobody is. */
export function whoIsOnCall(schedule: Schedule, atMs: number): Pick<Shift, "user" | "source"> | undefined {
  const [piece] = finalPieces(schedule, { startMs: atMs, endMs: atMs + 1 });
  return piece === undefined ? undefined : { user: piece.user, source: piece.source };
}

/** The final schedule in pieces of which each belongs to one turn. */
export function finalPieces(schedule: Schedule, within: Span): Piece[] {
  return overlay([...layersPieces(schedule, within), overridePieces(schedule.overrides, within)]);
}

function layersPieces(schedule: Schedule, within: Span): Piece[][] {
  const zone = createZone(schedule.timeZone);
  return schedule.layers.map((layer) => layerPieces(layer, zone, within));
}

function overridePieces(overrides: readonly Override[], within: Span): Piece[] {
  return overlay(
    overrides
      .filter(({ startMs, endMs }) => startMs < within.endMs && endMs > within.startMs)
      .map(({ overrideId, user, startMs, endMs }) => [
        {
          user,
          startMs: Math.max(startMs, within.startMs),
          endMs: Math.min(endMs, within.endMs),
          source: { kind: "override", overrideId },
          turnStartMs: startMs,
        },
      ]),
  );
}

/** Lists of pieces, each in order and without overlaps, as one: what is in a later list hides what is in earlier ones. */
function overlay(lists: readonly (readonly Piece[])[]): Piece[] {
  let result: Piece[] = [];
  for (const upper of lists) result = upper.length === 0 ? result : layOver(result, upper);
  return result;
}

function layOver(lower: readonly Piece[], upper: readonly Piece[]): Piece[] {
  const uncovered = between(upper, { startMs: Number.NEGATIVE_INFINITY, endMs: Number.POSITIVE_INFINITY });
  return [...cutTo(lower, uncovered), ...upper].sort((a, b) => a.startMs - b.startMs);
}

/** Turns of the same person from the same source that follow upon each other are one shift. */
export function joinTurns(pieces: readonly Piece[]): Shift[] {
  const joined: Shift[] = [];
  for (const { user, startMs, endMs, source } of pieces) {
    const last = joined.at(-1);
    if (last !== undefined && last.endMs === startMs && last.user === user && sameSource(last.source, source)) {
      joined[joined.length - 1] = { ...last, endMs };
    } else {
      joined.push({ user, startMs, endMs, source });
    }
  }
  return joined;
}

function sameSource(a: ShiftSource, b: ShiftSource): boolean {
  if (a.kind === "layer") return b.kind === "layer" && a.layer === b.layer;
  return b.kind === "override" && a.overrideId === b.overrideId;
}
