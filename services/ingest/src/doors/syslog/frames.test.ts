import assert from "node:assert/strict";
import { test } from "node:test";
import { createFrames } from "./frames.ts";

const MAX = 20;

/** The messages of a stream that comes in pieces of that many bytes. */
function framed(stream: string, pieceBytes: number) {
  const frames = createFrames(MAX);
  const bytes = Buffer.from(stream);
  const messages: string[] = [];
  let tooLong = 0;
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const pushed = frames.push(bytes.subarray(at, at + pieceBytes));
    messages.push(...pushed.messages.map(String));
    tooLong += pushed.tooLong;
  }
  return { messages: [...messages, ...frames.end().messages.map(String)], tooLong };
}

const long = "x".repeat(50);
const cases: [name: string, stream: string, messages: string[], tooLong: number][] = [
  ["lines", "<1>a\n<2>b\n", ["<1>a", "<2>b"], 0],
  ["lines that end like Windows'", "<1>a\r\n<2>b\r\n", ["<1>a\r", "<2>b\r"], 0],
  ["the last line without its end", "<1>a\n<2>b", ["<1>a", "<2>b"], 0],
  ["empty lines", "\n\n<1>a\n\n", ["<1>a"], 0],
  ["counted", "4 <1>a5 <2>bc", ["<1>a", "<2>bc"], 0],
  ["counted, with line ends inside", "6 <1>a\nb4 <2>c", ["<1>a\nb", "<2>c"], 0],
  ["both, mixed", "4 <1>a<2>b\n4 <3>c", ["<1>a", "<2>b", "<3>c"], 0],
  ["lines that begin with digits", "2026 was\n42\n7", ["2026 was", "42", "7"], 0],
  ["a line that is too long", `<1>a\n<2>${long}\n<3>b\n`, ["<1>a", "<3>b"], 1],
  ["a counted one that is too long", `4 <1>a53 <2>${long}4 <3>b`, ["<1>a", "<3>b"], 1],
  ["a counted one that is cut off", "4 <1>a9 <2>b", ["<1>a"], 0],
  ["nothing", "", [], 0],
];

for (const [name, stream, messages, tooLong] of cases) {
  test(`${name}, in pieces of any length`, () => {
    for (let piece = 1; piece <= Math.max(1, stream.length); piece++) {
      assert.deepEqual(framed(stream, piece), { messages, tooLong }, `pieces of ${piece}`);
    }
  });
}
