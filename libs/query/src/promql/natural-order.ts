/** Compares texts as people do: numbers in them by their value (`node2` before `node10`), the rest by its characters. */
export function compareNatural(a: string, b: string): number {
  const left = partsOf(a);
  const right = partsOf(b);
  for (let i = 0; i < left.length; i++) {
    const mine = left[i] ?? "";
    const other = right[i];
    if (other === undefined) return 1;
    if (mine === other) continue;
    const [number, otherNumber] = [numberOf(mine), numberOf(other)];
    if (number === null || otherNumber === null) return mine < other ? -1 : 1;
    // Leading zeros make a difference only between equal numbers.
    if (number === otherNumber) return mine.length - other.length;
    return number < otherNumber ? -1 : 1;
  }
  return left.length - right.length;
}

function partsOf(text: string): readonly string[] {
  return text.match(/\d+|\D+/g) ?? [];
}

function numberOf(part: string): bigint | null {
  return /^\d/.test(part) ? BigInt(part) : null;
}
