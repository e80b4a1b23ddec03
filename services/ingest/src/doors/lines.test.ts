import assert from "node:assert/strict";
import { test } from "node:test";
import { openLines } from "./lines.ts";

type Read = "next" | "nextFilled";

function read(text: string, how: Read): [number: number, line: string][] {
  const lines = openLines(Buffer.from(text));
  const found: [number, string][] = [];
  for (let line = lines[how](); line !== undefined; line = lines[how]()) found.push([lines.number(), line.toString()]);
  return found;
}

test("lines come without their ends, with their numbers", () => {
  const cases: [text: string, how: Read, want: [number, string][]][] = [
    ["", "next", []],
    ["", "nextFilled", []],
    ["one", "next", [[1, "one"]]],
    [
      "\ufeffone\r\ntwo\n",
      "next",
      [
        [1, "one"],
        [2, "two"],
      ],
    ],
    [
      "one\n\n\r\nfour",
      "next",
      [
        [1, "one"],
        [2, ""],
        [3, ""],
        [4, "four"],
      ],
    ],
    [
      "\n \r\n\tthree\n\n \n six \n \n",
      "nextFilled",
      [
        [3, "\tthree"],
        [6, " six "],
      ],
    ],
    ["one\n  ", "nextFilled", [[1, "one"]]],
    ["\r\n\r\n", "nextFilled", []],
    [
      "\0\n\u00a0\n",
      "nextFilled",
      [
        [1, "\0"],
        [2, "\u00a0"],
      ],
    ],
  ];
  for (const [text, how, want] of cases) assert.deepEqual(read(text, how), want, JSON.stringify(text));
});

test("blank lines cost no more than their bytes", () => {
  for (const blank of ["\n", "\r\n", " "]) {
    const body = Buffer.concat([Buffer.alloc(64 * 1024 * 1024, blank), Buffer.from("\nlast")]);
    const before = process.cpuUsage();
    assert.equal(openLines(body).nextFilled()?.toString(), "last");
    const { user, system } = process.cpuUsage(before);
    assert.ok(user + system < 1_500_000, `${(user + system) / 1e6} CPU seconds`);
  }
});
