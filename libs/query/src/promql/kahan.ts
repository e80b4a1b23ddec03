/**
 * A sum whose rounding errors are added up beside it, as Neumaier improved Kahan's. `sum` alone is right once it is infinite.
 */
export interface KahanSum {
  sum: number;
  compensation: number;
}

export function addTo(kahan: KahanSum, value: number): void {
  const total = kahan.sum + value;
  if (!Number.isFinite(total)) kahan.compensation = 0;
  else if (Math.abs(kahan.sum) >= Math.abs(value)) kahan.compensation += kahan.sum - total + value;
  else kahan.compensation += value - total + kahan.sum;
  kahan.sum = total;
}

export function totalOf({ sum, compensation }: KahanSum): number {
  return Number.isFinite(sum) ? sum + compensation : sum;
}
