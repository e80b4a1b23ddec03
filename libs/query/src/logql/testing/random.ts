/** mulberry32: a small generator, so that a failure can be repeated. Gives whole numbers from 0 and less than asked. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export function pick<T>(random: (below: number) => number, choices: readonly [T, ...T[]]): T {
  return choices[random(choices.length)] ?? choices[0];
}
