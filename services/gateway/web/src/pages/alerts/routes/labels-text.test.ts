import assert from "node:assert/strict";
import { test } from "node:test";
import { labelsOfText } from "./labels-text.ts";

test("labels are read in every form in which people have them", () => {
  const want = { alertname: "Down", team: "a b" };
  const cases: [string, unknown][] = [
    ['{alertname="Down", team="a b"}', want],
    ['alertname=Down\nteam="a b"\n', want],
    ['alertname="Down",\nteam="a b",', want],
    ['{"alertname": "Down", "team": "a b"}', want],
    ["", {}],
    ["team!=a", undefined],
    ["only words", undefined],
    ["[1]", undefined],
  ];
  for (const [text, labels] of cases) assert.deepEqual(labelsOfText(text), labels, text);
});
