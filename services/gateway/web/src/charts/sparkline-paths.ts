/** The paths of a sparkline; a gap in the values is a gap in the line. */
export function sparklinePaths(
  values: readonly (number | null)[],
  { width, height, max }: { width: number; height: number; max?: number | undefined },
): { line: string; area: string } {
  const numbers = values.filter((value) => value !== null);
  const top = max ?? Math.max(...numbers, 0) * 1.08;
  const inset = 1.5;
  const x = (index: number) => ((index / Math.max(1, values.length - 1)) * width).toFixed(1);
  const y = (value: number) =>
    (height - inset - (top > 0 ? Math.min(1, Math.max(0, value / top)) : 0) * (height - 2 * inset)).toFixed(1);
  let line = "";
  let area = "";
  let start = -1;
  const closeArea = (end: number) => {
    if (start >= 0) area += `L${x(end)} ${height}L${x(start)} ${height}Z`;
    start = -1;
  };
  for (const [index, value] of values.entries()) {
    if (value === null) {
      closeArea(index - 1);
      continue;
    }
    const command = `${start < 0 ? "M" : "L"}${x(index)} ${y(value)}`;
    if (start < 0) start = index;
    line += command;
    area += command;
  }
  closeArea(values.length - 1);
  return { line, area };
}
