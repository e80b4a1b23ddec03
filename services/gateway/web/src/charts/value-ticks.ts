/**
 * Round values from 0 to `top`, at most `maxTicks` steps: 1, 2 or 5 times a power of ten; for `binary` (bytes) a power of
 * two. At least 0 itself.
 */
export function valueTicks(top: number, maxTicks: number, binary: boolean): number[] {
  if (!(top > 0) || !Number.isFinite(top)) return [0];
  const step = binary && top > 1 ? binaryStep(top / maxTicks) : decimalStep(top / maxTicks);
  const ticks: number[] = [];
  // Counting and multiplying keeps 0.1 + 0.2 from becoming 0.30000000000000004.
  for (let index = 0; index * step <= top * (1 + 1e-9); index += 1) ticks.push(Number((index * step).toPrecision(12)));
  return ticks;
}

function decimalStep(least: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5].find((factor) => factor * magnitude >= least * (1 - 1e-9)) ?? 10) * magnitude;
}

function binaryStep(least: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(least) - 1e-9));
}
