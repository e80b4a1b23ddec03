import { invalid } from "@sightline/errors/app-error";
import { compilePattern } from "@sightline/regex/pattern";
import type { LineFilterOperand, LineFilterOperator, LineFilterStage } from "../ast.ts";
import { captureNames, type PatternPart, parseCapturePattern } from "./capture-pattern.ts";
import { createIpTest } from "./ip.ts";
import { certainTexts } from "./regex-texts.ts";
import type { StageRunner } from "./stage.ts";

/** `|=`, `|~`, `|>` and their opposites. */
export function createLineFilter({ operator, operands }: LineFilterStage): StageRunner {
  const tests = operands.map((operand) => createOperandTest(operator, operand));
  const isNegative = operator.startsWith("!");
  const [first] = tests;
  if (first !== undefined && tests.length === 1) {
    return isNegative ? (line) => !first(line.text) : (line) => first(line.text);
  }
  return (line) => tests.some((test) => test(line.text)) !== isNegative;
}

type TextTest = (text: string) => boolean;

function createOperandTest(operator: LineFilterOperator, { kind, value }: LineFilterOperand): TextTest {
  if (kind === "ip") {
    if (operator !== "|=" && operator !== "!=") throw invalid("ip: invalid operation");
    return createIpTest(value);
  }
  if (operator === "|=" || operator === "!=") return value === "" ? () => true : (text) => text.includes(value);
  if (operator === "|~" || operator === "!~") return createRegexTest(value);
  return createPatternTest(value);
}

/** An automaton is only asked where the longest text is that everything it matches has: looking for that is much quicker. */
function createRegexTest(pattern: string): TextTest {
  const { matches, texts } = compilePattern(pattern, { anchored: false });
  const certain = texts === null ? certainTexts(pattern) : [];
  const longest = certain.reduce((best, text) => (text.length > best.length ? text : best), "");
  return longest === "" ? matches : (text) => text.includes(longest) && matches(text);
}

/** The whole line has to be as the pattern says, each `<_>` standing for at least one character. */
function createPatternTest(source: string): TextTest {
  const parts = parseCapturePattern(source);
  if (captureNames(parts).length > 0) throw invalid("named captures are not allowed: invalid expression");
  return (text) => matchesPattern(parts, text);
}

function matchesPattern(parts: readonly PatternPart[], text: string): boolean {
  let at = 0;
  let isOpen = false;
  for (const part of parts) {
    if ("capture" in part) {
      isOpen = true;
      continue;
    }
    const found = isOpen ? text.indexOf(part.text, at) : text.startsWith(part.text, at) ? at : -1;
    if (found < 0 || (isOpen && found === at)) return false;
    at = found + part.text.length;
    isOpen = false;
  }
  return isOpen === at < text.length;
}
