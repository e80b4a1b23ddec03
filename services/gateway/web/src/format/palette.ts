import type { Severity } from "@sightline/model/severity";

/** How many colours --series-0… there are. */
export const SERIES_COLORS = 10;

/** The colour of a service or another name that must look the same everywhere: a hash of the name picks it (FNV-1a). */
export function colorOfName(name: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return colorOfIndex((hash >>> 0) % SERIES_COLORS);
}

/**
 * The colours of names shown together: each gets the colour its hash wants, or the next free one while there is one, so
 * that neighbours differ. The same set gives the same colours whatever its order.
 */
export function colorsOfNames(names: readonly string[]): ReadonlyMap<string, string> {
  const colors = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of [...new Set(names)].sort()) {
    let color = colorOfName(name);
    for (let step = 1; taken.has(color) && step < SERIES_COLORS; step += 1) {
      color = colorOfIndex((indexOfColor(color) + 1) % SERIES_COLORS);
    }
    taken.add(color);
    if (taken.size === SERIES_COLORS) taken.clear();
    colors.set(name, color);
  }
  return colors;
}

/** The colour of the n-th series of a chart. */
export function colorOfIndex(index: number): string {
  return `var(--series-${index % SERIES_COLORS})`;
}

/** The colour of a severity. */
export function colorOfSeverity(severity: Severity): string {
  return `var(--${severity})`;
}

/** The colour of a severity on an area of a chart. */
export function fillOfSeverity(severity: Severity): string {
  return `var(--${severity}-fill)`;
}

function indexOfColor(color: string): number {
  return Number(color.replace(/\D/g, ""));
}
