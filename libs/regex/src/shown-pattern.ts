/** How many characters of a pattern an error shows: the pattern may be as long as a form. */
const maxShown = 1000;

/** A pattern as errors show it. */
export function shownPattern(source: string): string {
  return source.length <= maxShown ? source : `${source.slice(0, maxShown)}…`;
}
