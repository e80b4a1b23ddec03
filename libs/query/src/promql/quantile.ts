/** The quantile of some values, between two of them by their distance. It sorts them in place. NaN is less than all. */
export function quantileOf(wanted: number, values: Float64Array): number {
  if (values.length === 0 || Number.isNaN(wanted)) return Number.NaN;
  if (wanted < 0) return Number.NEGATIVE_INFINITY;
  if (wanted > 1) return Number.POSITIVE_INFINITY;
  sortNansFirst(values);
  const rank = wanted * (values.length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(values.length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return (values[lower] ?? 0) * (1 - weight) + (values[upper] ?? 0) * weight;
}

function sortNansFirst(values: Float64Array): void {
  // Typed arrays put NaN last.
  values.sort();
  let numbers = values.length;
  while (numbers > 0 && Number.isNaN(values[numbers - 1])) numbers--;
  if (numbers === values.length) return;
  values.copyWithin(values.length - numbers, 0, numbers);
  values.fill(Number.NaN, 0, values.length - numbers);
}
