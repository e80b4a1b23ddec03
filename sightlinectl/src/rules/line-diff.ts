interface Line {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/** Lines around what differs. */
const CONTEXT = 3;
/** Beyond so many pairs of lines it is told as one block that goes and one that comes. */
const MAX_PAIRS = 4_000_000;

/** What differs between two texts, as `diff -u` writes it; no lines when they are equal. */
export function lineDiff(before: string, after: string, names: readonly [string, string]): string[] {
  if (before === after) return [];
  const lines = compare(linesOf(before), linesOf(after));
  return [`--- ${names[0]}`, `+++ ${names[1]}`, ...hunksOf(lines)];
}

function linesOf(text: string): readonly string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  const last = lines.pop();
  // As diff marks a last line that has no end.
  return last === "" ? lines : [...lines, `${last}\n\\ No newline at end of file`];
}

function compare(a: readonly string[], b: readonly string[]): Line[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const same = (text: string): Line => ({ sign: " ", text });
  const middle = compareMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return [...a.slice(0, start).map(same), ...middle, ...a.slice(a.length - end).map(same)];
}

/** By the longest common subsequence. */
function compareMiddle(a: readonly string[], b: readonly string[]): Line[] {
  const width = b.length + 1;
  const isTooMuch = (a.length + 1) * width > MAX_PAIRS;
  const lengths = new Uint32Array(isTooMuch ? 0 : (a.length + 1) * width);
  const lengthAt = (row: number, column: number) => lengths[row * width + column] ?? 0;
  for (let row = a.length - 1; row >= 0 && !isTooMuch; row--) {
    for (let column = b.length - 1; column >= 0; column--) {
      lengths[row * width + column] =
        a[row] === b[column]
          ? lengthAt(row + 1, column + 1) + 1
          : Math.max(lengthAt(row + 1, column), lengthAt(row, column + 1));
    }
  }
  const lines: Line[] = [];
  let [row, column] = [0, 0];
  while (row < a.length || column < b.length) {
    const [gone, come] = [a[row], b[column]];
    if (gone !== undefined && gone === come) {
      lines.push({ sign: " ", text: gone });
      row++;
      column++;
    } else if (gone !== undefined && (come === undefined || lengthAt(row + 1, column) >= lengthAt(row, column + 1))) {
      lines.push({ sign: "-", text: gone });
      row++;
    } else if (come !== undefined) {
      lines.push({ sign: "+", text: come });
      column++;
    }
  }
  return lines;
}

function hunksOf(lines: readonly Line[]): string[] {
  const shown = lines.map((_, at) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ sign }) => sign !== " "),
  );
  const told: string[] = [];
  let [before, after] = [1, 1];
  for (const [at, line] of lines.entries()) {
    if (shown[at] === true && shown[at - 1] !== true) told.push(headOf(lines, shown, { at, before, after }));
    if (shown[at] === true) told.push(`${line.sign}${line.text}`);
    if (line.sign !== "+") before++;
    if (line.sign !== "-") after++;
  }
  return told;
}

interface HunkStart {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

function headOf(lines: readonly Line[], shown: readonly boolean[], { at, before, after }: HunkStart): string {
  const end = shown.indexOf(false, at);
  const hunk = lines.slice(at, end === -1 ? lines.length : end);
  const range = (first: number, sign: "-" | "+") => {
    const count = hunk.filter((line) => line.sign === " " || line.sign === sign).length;
    return `${sign}${count === 0 ? first - 1 : first}${count === 1 ? "" : `,${count}`}`;
  };
  return `@@ ${range(before, "-")} ${range(after, "+")} @@`;
}
