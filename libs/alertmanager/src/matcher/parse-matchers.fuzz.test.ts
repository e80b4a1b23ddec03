import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { fuzzCases, fuzzRandom } from "@sightline/testkit/fuzz";
import type { Random } from "@sightline/testkit/random";
import { formatMatchers, type Matcher } from "./matcher.ts";
import { parseMatcher, parseMatchers } from "./parse-matchers.ts";

const pieces =
  '{ } , = != =~ !~ ! ~ "" " \' ` \\ \\\\ \\n \\t \\" \\\' \\x41 \\xf0 \\u00e9 \\U0001f642 \\101 foo bar a_b:c é 💥 .* (x|y) [ ( \u0000 \u0085 \u2028 \ufeff 0 -'.split(
    " ",
  );

function randomMatchers(random: Random): string {
  const separator = random.below(3) === 0 ? " " : "";
  return Array.from({ length: 1 + random.below(12) }, () => pieces[random.below(pieces.length)]).join(separator);
}

/** The matchers, or null where they are refused in words. */
function read(parse: () => readonly Matcher[]): readonly Matcher[] | null {
  try {
    return parse();
  } catch (thrown) {
    assert.ok(thrown instanceof AppError && thrown.code === "invalid_argument", String(thrown));
    return null;
  }
}

test("no text makes the parsers fail but in words, and what they read they print", () => {
  const cases = fuzzCases(20_000);
  const random = fuzzRandom(1);
  let taken = 0;
  for (let i = 0; i < cases; i++) {
    const text = randomMatchers(random);
    read(() => [parseMatcher(text)]);
    for (const mode of ["utf8", "classic", "fallback"] as const) {
      const matchers = read(() => parseMatchers(text, mode).matchers);
      if (matchers === null || matchers.length === 0) continue;
      taken++;
      const printed = formatMatchers(matchers);
      const what = `case ${i}, ${mode}: ${JSON.stringify(text)}`;
      assert.equal(formatMatchers(parseMatchers(printed, "utf8").matchers), printed, what);
      if (mode === "classic") assert.equal(formatMatchers(parseMatchers(printed, mode).matchers), printed, what);
    }
  }
  assert.ok(taken > cases / 100, `${taken} of ${cases} were taken`);
});

test("a text of 300 kilobytes is read in time that grows with its length", () => {
  const before = process.cpuUsage();
  const length = 300_000;
  for (const text of [
    `a=${" ".repeat(length)}x`,
    `a="${"\\\\".repeat(length / 2)}"`,
    "a=b,".repeat(length / 4),
    `${"\\".repeat(length)}`,
    `a="${"\\'x".repeat(length / 3)}"`,
  ]) {
    read(() => parseMatchers(text).matchers);
  }
  const { user } = process.cpuUsage(before);
  assert.ok(user < 10_000_000, `it took ${user / 1e6} CPU seconds`);
});
