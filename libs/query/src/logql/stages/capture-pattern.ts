import { invalid } from "@sightline/errors/app-error";

/** A part of a pattern: a text that has to be there, or a place for anything, with a name (`<name>`) or without (`<_>`). */
export type PatternPart = { readonly text: string } | { readonly capture: string | null };

const capture = /<([a-zA-Z_][a-zA-Z0-9_]*)>/g;

/** Reads `<ip> - <_> [<time>]`. Throws invalid_argument for what is no pattern. */
export function parseCapturePattern(source: string): PatternPart[] {
  const parts: PatternPart[] = [];
  let at = 0;
  for (const found of source.matchAll(capture)) {
    if (found.index > at) parts.push({ text: source.slice(at, found.index) });
    else if (parts.length > 0) throw invalid("found consecutive capture: invalid expression");
    parts.push({ capture: found[1] === "_" ? null : (found[1] ?? null) });
    at = found.index + found[0].length;
  }
  if (at < source.length) parts.push({ text: source.slice(at) });
  return parts;
}

/** The names of a pattern's captures. */
export function captureNames(parts: readonly PatternPart[]): string[] {
  return parts.flatMap((part) => ("capture" in part && part.capture !== null ? [part.capture] : []));
}
