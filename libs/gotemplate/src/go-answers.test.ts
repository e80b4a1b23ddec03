// What Go itself makes of some two thousand templates (testing/go-answers.go asks it) is what we make of them, word for word.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { budgetOf, defaultLimits, escapeForHtml, expandHtml, expandText, parseSource } from "./template.ts";
import { answerData, answerFunctions } from "./testing/answer-data.ts";

interface Answer {
  readonly template: string;
  readonly text: string;
  readonly html: string;
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === "object" && value !== null && "template" in value && "text" in value && "html" in value;
}

const file: unknown = JSON.parse(readFileSync(new URL("./testing/go-answers.json", import.meta.url), "utf8"));
const answers = Array.isArray(file) ? file.filter(isAnswer) : [];

function answer(source: string, form: "text" | "html"): string {
  try {
    const templates = parseSource({ name: "t", text: source }, answerFunctions);
    const expansion = {
      ...{ templates, name: "t", data: answerData, functions: answerFunctions, missingKey: "default" as const },
      ...{ maxCharacters: defaultLimits.maxCharacters, budget: budgetOf(defaultLimits) },
    };
    if (form === "text") return expandText(expansion);
    return expandHtml({ ...expansion, templates: escapeForHtml(templates, "t") });
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return `ERR ${thrown.message}`;
  }
}

test("text/template's answers", () => {
  assert.ok(answers.length > 1500);
  for (const { template, text } of answers) assert.equal(answer(template, "text"), text, template);
});

test("html/template's answers", () => {
  for (const { template, html } of answers) assert.equal(answer(template, "html"), html, template);
});
