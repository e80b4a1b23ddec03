import { invalid } from "@sightline/errors/app-error";
import { captureNames, type PatternPart, parseCapturePattern } from "./capture-pattern.ts";
import { extractField, isComplete, type Line } from "./line.ts";
import type { StageRunner } from "./stage.ts";

/** `| pattern`: what stands where the captures are becomes labels. A line that ends early fills the captures up to there. */
export function createPatternParser(source: string): StageRunner {
  const parts = parseCapturePattern(source);
  const names = captureNames(parts);
  if (names.length === 0) throw invalid("at least one capture is required");
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`duplicate capture name (${twice}): invalid expression`);
  return (line) => {
    if (line.text !== "" && !isComplete(line)) extract(line, parts);
    return true;
  };
}

function extract(line: Line, parts: readonly PatternPart[]): void {
  const { text } = line;
  let at = 0;
  let open: string | null | undefined;
  for (const part of parts) {
    if ("capture" in part) {
      open = part.capture;
      continue;
    }
    const found = open === undefined ? (text.startsWith(part.text, at) ? at : -1) : text.indexOf(part.text, at);
    if (found < 0 && open === undefined) return;
    if (typeof open === "string") extractField(line, open, text.slice(at, found < 0 ? text.length : found));
    if (found < 0) return;
    at = found + part.text.length;
    open = undefined;
  }
  if (typeof open === "string") extractField(line, open, text.slice(at));
}
