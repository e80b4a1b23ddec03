import assert from "node:assert/strict";
import { test } from "node:test";
import { truncateBytes, truncateChars } from "./truncate.ts";

/** Alertmanager's TestTruncate (notify/util_test.go, Apache-2.0). */
test("texts are cut between characters, by characters and by bytes", () => {
  const hearts = "❤️✅🚀🔥❌❤️✅🚀🔥❌❤️✅🚀🔥❌❤️✅🚀🔥❌";
  for (const [text, max, chars, bytes] of [
    ["", 5, "", ""],
    ["abcde", 2, "ab", ".."],
    ["abcde", 4, "abc…", "a…"],
    ["abcde", 5, "abcde", "abcde"],
    ["abcdefgh", 5, "abcd…", "ab…"],
    ["a⌘cde", 5, "a⌘cde", "a…"],
    ["a⌘cdef", 5, "a⌘cd…", "a…"],
    ["世界cdef", 3, "世界c", "…"],
    [hearts, 19, "❤️✅🚀🔥❌❤️✅🚀🔥❌❤️✅🚀🔥❌…", "❤️✅🚀…"],
  ] as const) {
    assert.equal(truncateChars(text, max), chars, `${text} in ${max} characters`);
    assert.equal(truncateBytes(text, max), bytes, `${text} in ${max} bytes`);
  }
});
