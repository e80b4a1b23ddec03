/** For each value how often one up to it was less than the one before; null where none is, as with most counters. */
export function dropsOf(values: Float64Array): Uint32Array | null {
  const first = firstDrop(values);
  if (first === values.length) return null;
  const drops = new Uint32Array(values.length);
  let count = 0;
  for (let i = first; i < values.length; i++) {
    if ((values[i] ?? 0) < (values[i - 1] ?? 0)) count++;
    drops[i] = count;
  }
  return drops;
}

function firstDrop(values: Float64Array): number {
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) < (values[i - 1] ?? 0)) return i;
  return values.length;
}
