import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCurrent } from "./entity-tag.ts";

test("a client has the current one when it names its tag", () => {
  const f = (ifNoneMatch: string | undefined, want: boolean) =>
    assert.equal(hasCurrent(ifNoneMatch, '"a"'), want, ifNoneMatch);
  f('"a"', true);
  f('"x", "a"', true);
  f('W/"a"', true);
  f("*", true);
  f(undefined, false);
  f('"x"', false);
  f("a", false);
});
