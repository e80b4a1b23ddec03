// What Go itself makes of templates with the functions that Loki has (testing/go-answers.go asks it) is what we make of them, word for word.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { compileTemplate } from "./template.ts";

interface Answer {
  readonly template: string;
  readonly text: string;
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === "object" && value !== null && "template" in value && "text" in value;
}

const file: unknown = JSON.parse(readFileSync(new URL("./testing/go-answers.json", import.meta.url), "utf8"));
const answers = Array.isArray(file) ? file.filter(isAnswer) : [];

const line = { text: "the line", timestampNs: 1_656_353_124_120_000_000n };
const labels = new Map(
  Object.entries({
    ...{ foo: "BLIp", bar: "blop", n: "20", f: "5.3", blank: "  x ", empty: "", took: "1h30m", size: "1.5KiB" },
    ...{ path: "/api/v1/users?id=1&x=a b", words: "it's a small_world, größe ßa", lines: "one\ntwo\n" },
    json: '{"list":[{"q":"up"},{"q":"down"}],"n":5,"big":1234567,"deep":{"a":true,"b":null}}',
  }),
);

function answer(source: string): string {
  try {
    return compileTemplate(source, "line", 0n).render(line, labels);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return `ERR ${thrown.message}`;
  }
}

test("Go's answers", () => {
  assert.ok(answers.length > 1000);
  for (const { template, text } of answers) assert.equal(answer(template), text, template);
});
