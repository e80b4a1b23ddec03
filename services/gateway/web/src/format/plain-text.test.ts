import assert from "node:assert/strict";
import { test } from "node:test";
import { plainLine, plainText } from "./plain-text.ts";

test("escape sequences go, hidden characters show", () => {
  const cases: [string, string, string][] = [
    ["colour", "\u001b[31merror\u001b[0m done", "error done"],
    ["title (OSC)", "\u001b]0;owned\u0007ok", "ok"],
    ["nul and bell", "a\u0000b\u0007", "a\u2400b\u2407"],
    ["right-to-left override", "a\u202eb", "a\u27e8U+202E\u27e9b"],
    ["zero width", "ad\u200bmin", "ad\u27e8U+200B\u27e9min"],
    ["tab and line feed stay", "a\tb\nc", "a\tb\nc"],
    ["carriage return in a line ending", "a\r\nb", "a\nb"],
    ["carriage return alone", "safe\revil", "safe\u240devil"],
    ["markup is only text", "<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
  ];
  for (const [name, raw, want] of cases) assert.equal(plainText(raw), want, name);
});

test("one line stays one line and is bounded", () => {
  assert.equal(plainLine("a\nb\tc\n"), "a ⏎ b  c");
  assert.equal(plainLine("abcdef", 3), "abc…");
});
