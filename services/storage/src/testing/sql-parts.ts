/** A text in quotes, a bracket, or what is between these. */
interface Part {
  readonly text: string;
  readonly at: number;
  /** In how many brackets it is; a bracket is within itself. */
  readonly depth: number;
}

function* partsOf(sql: string): Generator<Part> {
  let depth = 0;
  for (const { 0: text, index: at } of sql.matchAll(/(['"`])(?:\\.|(?!\1)[^\\])*\1|[()]|[^()'"`]+|./gs)) {
    if (text === "(") depth += 1;
    yield { text, at, depth };
    if (text === ")") depth -= 1;
  }
}

/** SQL with what is in quotes or brackets blanked out, everything else at its place: what is found in it is outside of both. */
export function outermostText(sql: string): string {
  return Array.from(partsOf(sql), ({ text, depth }) =>
    depth > 0 || /^['"`]/.test(text) ? " ".repeat(text.length) : text,
  ).join("");
}

/** What stands in the brackets that open at a place, parted by its outermost commas, and where they end. */
export function argumentsAt(sql: string, open: number): { readonly args: readonly string[]; readonly end: number } {
  const close = partsOf(sql.slice(open)).find(({ text, depth }) => text === ")" && depth === 1);
  if (close === undefined) throw new Error(`cannot read the macro at ${open}: its bracket is open`);
  const inside = sql.slice(open + 1, open + close.at);
  const commas = [...outermostText(inside).matchAll(/,/g)].map(({ index }) => index);
  const args = [...commas, inside.length].map((end, at) => inside.slice((commas[at - 1] ?? -1) + 1, end).trim());
  return { args: inside.trim() === "" ? [] : args, end: open + close.at + 1 };
}
