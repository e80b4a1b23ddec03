import type { TestResult } from "./run-unit-tests.ts";

/** What came of one file of tests. */
export interface FileResult {
  readonly file: string;
  /** When it began: `2026-11-21T03:12:00`. */
  readonly startedAt: string;
  readonly tests: readonly TestResult[];
  /** Why its tests could not be run. */
  readonly error: string | undefined;
}

/** The results as JUnit's XML, as promtool writes it (util/junitxml). */
export function formatJunit(files: readonly FileResult[]): string {
  return `<testsuites>${files.map(formatSuite).join("")}</testsuites>`;
}

function formatSuite({ file, startedAt, tests, error }: FileResult): string {
  const cases = tests.map(({ name, failures }) => {
    const inner = failures.map((failure) => `<failure>${escaped(failure)}</failure>`).join("");
    return `<testcase name="${escaped(name)}">${inner}</testcase>`;
  });
  const aborted = error === undefined ? [] : [`<testcase name="unknown"><error>${escaped(error)}</error></testcase>`];
  const attributes = {
    name: file,
    tests: cases.length + aborted.length,
    failures: tests.reduce((sum, { failures }) => sum + failures.length, 0),
    errors: aborted.length,
    skipped: 0,
    timestamp: startedAt,
  };
  const written = Object.entries(attributes).map(([name, value]) => `${name}="${escaped(String(value))}"`);
  return `<testsuite ${written.join(" ")}>${[...cases, ...aborted].join("")}</testsuite>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
  "\n": "&#xA;",
  "\r": "&#xD;",
  "\t": "&#x9;",
};

/** Text as Go's encoding/xml writes it; what XML cannot hold becomes U+FFFD. */
function escaped(text: string): string {
  const written = text.replace(/[&<>"'\n\r\t]/g, (sign) => entities[sign] ?? sign);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go.
  return written.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
}
