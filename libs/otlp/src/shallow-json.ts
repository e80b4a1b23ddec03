/**
 * JSON in which objects and arrays that lie in `maxDepth` others are empty; everything else is as it was. What is no JSON
 * stays none, but for faults in what was left out. It looks at each character once and does not recurse.
 */
export function shallowJson(json: string, maxDepth: number): string {
  const kept: string[] = [];
  let depth = 0;
  let keptFrom = 0;
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(json, at);
        break;
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        if (depth++ === maxDepth) kept.push(json.slice(keptFrom, at + 1));
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        if (--depth === maxDepth) keptFrom = at;
        break;
    }
  }
  // What was opened and never closed has no end that could be kept.
  if (depth <= maxDepth) kept.push(json.slice(keptFrom));
  return kept.join("");
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Where the string that begins at `start` has its closing quote, or the text its end. */
function endOfString(json: string, start: number): number {
  let end = start + 1;
  while (end < json.length && json.charCodeAt(end) !== QUOTE) end += json.charCodeAt(end) === BACKSLASH ? 2 : 1;
  return end;
}
