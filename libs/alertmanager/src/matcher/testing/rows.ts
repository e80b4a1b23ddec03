import assert from "node:assert/strict";
import { it } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import type { Matcher } from "../matcher.ts";

/** What is written, and the matchers that it says or what is said against it. */
export type Row = readonly [
  input: string,
  want: string | readonly (readonly [name: string, operator: string, value: string])[],
];

/** A test for each row. */
export function check(rows: readonly Row[], parse: (input: string) => readonly Matcher[]): void {
  for (const [input, want] of rows) {
    it(input === "" ? "(nothing)" : input, () =>
      assert.deepEqual(
        outcomeOf(() => parse(input)),
        want,
      ),
    );
  }
}

/** The matchers that are read, or what is said against them. */
export function outcomeOf(parse: () => readonly Matcher[]): Row[1] {
  try {
    return parse().map(({ name, operator, value }) => [name, operator, value] as const);
  } catch (thrown) {
    assert.ok(thrown instanceof AppError && thrown.code === "invalid_argument", String(thrown));
    return thrown.message;
  }
}
