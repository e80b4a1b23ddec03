/** How a test file or a check went. */
export interface Result {
  readonly name: string;
  readonly durationMs: number;
  readonly passed: number;
  readonly failures: readonly { readonly name: string; readonly text: string }[];
  readonly skips: readonly { readonly name: string; readonly reason: string }[];
  /** What it printed, shown when it failed. */
  readonly output: readonly string[];
}

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function totalsOf(results: readonly Result[]): Totals {
  const sum = (count: (result: Result) => number) => results.reduce((total, result) => total + count(result), 0);
  return {
    passed: sum((result) => result.passed),
    failed: sum((result) => result.failures.length),
    skipped: sum((result) => result.skips.length),
  };
}

/** One line for a file: how it went, how many tests, how long. */
export function lineOf(result: Result): string {
  const mark = result.failures.length > 0 ? "✖" : "✔";
  const counts = [`${result.passed} passed`];
  if (result.failures.length > 0) counts.push(`${result.failures.length} failed`);
  if (result.skips.length > 0) counts.push(`${result.skips.length} skipped`);
  return `${mark} ${result.name}  ${counts.join(", ")}  ${(result.durationMs / 1000).toFixed(1)} s`;
}

/** Every failure in full, with what the file had printed. Empty when nothing failed. */
export function failuresText(result: Result): string {
  if (result.failures.length === 0) return "";
  const parts = result.failures.map(({ name, text }) => `  ✖ ${name}\n${indented(text)}`);
  if (result.output.length > 0) parts.push(`  it printed:\n${indented(result.output.join("\n"))}`);
  return parts.join("\n");
}

/** In short form: so many failures of a file, so many lines of each, so many of what the file printed last. */
const shortFailures = 5;
const shortLines = 40;
const shortOutputLines = 15;

/**
 * Why files failed, once more and in few lines, for the very end: often only the last part of a log is kept. The first
 * failures of a file tell most, and of one its beginning and its end.
 */
export function shortFailuresText(results: readonly Result[]): string {
  const failed = results.filter(({ failures }) => failures.length > 0);
  return failed
    .map(({ name, failures, output }) => {
      const told = failures.slice(0, shortFailures);
      const parts = [
        `✖ ${name}`,
        ...told.map((failure) => `  ✖ ${failure.name}\n${indented(shortened(failure.text))}`),
      ];
      if (failures.length > told.length) parts.push(`  and ${failures.length - told.length} more`);
      const printed = output.slice(-shortOutputLines);
      if (printed.length > 0) parts.push(`  it printed last:\n${indented(printed.join("\n"))}`);
      return parts.join("\n");
    })
    .join("\n\n");
}

function shortened(text: string): string {
  const lines = text.split("\n");
  if (lines.length <= shortLines) return text;
  const ends = shortLines / 4;
  const left = lines.length - shortLines;
  return [...lines.slice(0, shortLines - ends), `… ${left} lines left out …`, ...lines.slice(-ends)].join("\n");
}

/** What was skipped and why. */
export function skipsText(results: readonly Result[]): string {
  return results
    .flatMap((result) => result.skips.map(({ name, reason }) => `skipped: ${result.name} › ${name}: ${reason}`))
    .join("\n");
}

/** The last line: `N passed, N failed`, and `, N skipped` when there are any. */
export function closingLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

function indented(text: string): string {
  return text.replace(/^/gm, "    ");
}
