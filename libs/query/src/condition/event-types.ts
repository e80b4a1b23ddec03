import type { Expression } from "./expression.ts";

/**
 * The event types of which an event has to have one for the condition to hold; undefined where that cannot be told, and it may hold for any.
 * Found where the condition compares `event_type` with texts, by itself or beside other tests.
 */
export function eventTypesOf(expression: Expression): ReadonlySet<string> | undefined {
  switch (expression.type) {
    case "and": {
      const demands = expression.operands.map(eventTypesOf).filter((types) => types !== undefined);
      return demands.length === 0 ? undefined : demands.reduce((all, types) => all.intersection(types));
    }
    case "or": {
      const demands = expression.operands.map(eventTypesOf);
      return demands.reduce((all, types) => (types === undefined ? undefined : all?.union(types)), new Set<string>());
    }
    case "compare":
      return typesCompared(expression);
    default:
      return undefined;
  }
}

function typesCompared({ operator, left, right }: Extract<Expression, { type: "compare" }>) {
  if (operator === "==") {
    const text = isType(left) ? textOf(right) : isType(right) ? textOf(left) : undefined;
    return text === undefined ? undefined : new Set([text]);
  }
  if (operator !== "in" || !isType(left) || right.type !== "list") return undefined;
  const texts = right.items.map(textOf);
  return texts.every((text) => text !== undefined) ? new Set(texts) : undefined;
}

function isType(expression: Expression): boolean {
  return expression.type === "field" && expression.name === "event_type";
}

function textOf(expression: Expression): string | undefined {
  return expression.type === "literal" && typeof expression.value === "string" ? expression.value : undefined;
}
