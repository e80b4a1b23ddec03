import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRuleFileName, packFileName } from "./rule-file-name.ts";

test("names are paths below a directory", () => {
  for (const name of ["a", "team/checkout", "pack:api", "mit Leerzeichen", "größe", packFileName("api")])
    checkRuleFileName(name);
  const refused = [
    "",
    "/a",
    "a/",
    "a//b",
    "..",
    "../a",
    "a/../b",
    ".",
    "a\\b",
    " a",
    "a\u0000",
    "a\nb",
    "\u202Ea",
    "\uD800",
  ];
  for (const name of [...refused, "x".repeat(256)]) {
    assert.throws(() => checkRuleFileName(name), { code: "invalid_argument" }, JSON.stringify(name));
  }
});
