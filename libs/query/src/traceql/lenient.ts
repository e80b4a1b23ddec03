import { AppError } from "@sightline/errors/app-error";
import type { FieldReference } from "./ast.ts";
import { checkFieldExpression } from "./check-field.ts";
import { ALWAYS, allOf, type SpanCondition } from "./condition.ts";
import { narrow } from "./narrow.ts";
import { parseFields } from "./parse.ts";
import { problemsOf } from "./problem.ts";

/**
 * What of a query that somebody is still writing, such as `{ resource.service.name = "shop" && span.http.method = }`, can be asked
 * of a database: the conditions of its first filter that are whole, when they are joined by `&&`. Never throws; what is no
 * query at all asks nothing.
 */
export function lenientCondition(source: string): SpanCondition {
  const start = source.indexOf("{");
  if (start === -1) return ALWAYS;
  const pieces = piecesOf(source.slice(start + 1));
  return pieces === null ? ALWAYS : allOf(pieces.map(conditionOf));
}

const word = /"(?:[^"\\]|\\.)*"?|`[^`]*`?|&&|\|\||[(){}]|[^"`&|(){}]+|[&|]/gs;

/** What stands between `&&` outside of parentheses, up to the closing brace; null where `||` makes one of them enough. */
function piecesOf(inside: string): readonly string[] | null {
  const pieces: string[] = [];
  let piece = "";
  let depth = 0;
  for (const [text] of inside.matchAll(word)) {
    if (text === "}") break;
    if (text === "(") depth++;
    if (text === ")") depth--;
    if (depth === 0 && text === "||") return null;
    if (depth === 0 && text === "&&") {
      pieces.push(piece);
      piece = "";
    } else piece += text;
  }
  return [...pieces, piece];
}

function conditionOf(piece: string): SpanCondition {
  try {
    const expression = parseFields(piece);
    checkFieldExpression(problemsOf(piece), expression);
    // A value by itself is what a condition begins with.
    return expression.type === "static" ? ALWAYS : narrow(expression).condition;
  } catch (error) {
    if (error instanceof AppError) return ALWAYS;
    throw error;
  }
}

/**
 * The attribute or intrinsic that a text names: `resource.service.name`, `.foo`, `span:status`, `name`. Throws invalid_argument
 * for anything else.
 */
export function parseFieldName(source: string): FieldReference {
  const expression = parseFields(source);
  if (expression.type === "attribute" || expression.type === "intrinsic") return expression;
  throw problemsOf(source)(0, `got ${source}, want an attribute or an intrinsic`);
}
