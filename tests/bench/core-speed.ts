import { createRandom } from "@sightline/testkit/random";

const NUMBERS = 1 << 20;
const RUNS = 5;

/**
 * What one core is worth at this moment: millions of random 64-bit floats sorted per second, the median of five runs. Sorting
 * takes computing, guessed branches and memory, as the services do.
 */
export function coreSpeed(): number {
  const random = createRandom(1);
  const unsorted = Float64Array.from({ length: NUMBERS }, random.fraction);
  const speeds = Array.from({ length: RUNS }, () => {
    const numbers = unsorted.slice();
    const startedMs = performance.now();
    numbers.sort();
    return NUMBERS / 1000 / (performance.now() - startedMs);
  });
  return Number((speeds.toSorted((a, b) => a - b)[RUNS >> 1] ?? 0).toPrecision(3));
}
