/** A thing that happened at a time and took so long. */
export interface ScatterPoint {
  readonly id: string;
  readonly ms: number;
  readonly nanos: number;
  readonly failed: boolean;
}

/** The decades (in nanoseconds) that a logarithmic axis must span to hold all points; at least one. */
export function decades(points: readonly ScatterPoint[]): { readonly low: number; readonly high: number } {
  const logs = points.map(({ nanos }) => Math.log10(Math.max(1, nanos)));
  if (logs.length === 0) return { low: 6, high: 9 };
  const low = Math.floor(Math.min(...logs));
  return { low, high: Math.max(low + 1, Math.ceil(Math.max(...logs))) };
}

/** Where a duration stands on the axis: 0 at its foot, 1 at its top. */
export function heightOf(nanos: number, { low, high }: { readonly low: number; readonly high: number }): number {
  return (Math.log10(Math.max(1, nanos)) - low) / (high - low);
}
