import { isSeverity, SEVERITIES } from "@sightline/model/severity";
import type { Expression } from "./expression.ts";
import { EVENT_FIELDS, type Kind } from "./fields.ts";
import { METHODS } from "./methods.ts";
import { problemAt } from "./problem.ts";

type MapKind = Exclude<Kind, string | { readonly items: unknown }>;
type Of<Type extends Expression["type"]> = Extract<Expression, { type: Type }>;

/**
 * Checks that the condition makes sense for events: that its names and methods exist, and that nothing is compared that
 * can never be equal, since a rule that silently never fires is worse than one that is refused. Throws invalid_argument
 * that names what is known.
 */
export function check(expression: Expression): void {
  const kind = kindOf(expression);
  if (kind !== "truth" && kind !== "any") {
    throw problemAt(expression.position, `got ${describe(kind)}, want something true or false, such as a comparison`);
  }
}

function kindOf(expression: Expression): Kind {
  switch (expression.type) {
    case "literal":
      return kindOfLiteral(expression.value);
    case "list":
      return { items: expression.items.map(kindOf) };
    case "field":
      return kindOfField(EVENT_FIELDS, expression.name, expression.position);
    case "member":
      return kindOfMember(expression);
    case "call":
      return kindOfCall(expression);
    case "not":
      kindOf(expression.operand);
      return "truth";
    case "negate":
      want(["number"], "a number", expression.operand, kindOf(expression.operand));
      return "number";
    case "and":
    case "or":
      return kindOfJoined(expression.operands);
    case "compare":
      return kindOfComparison(expression);
    case "arithmetic":
      return kindOfArithmetic(expression);
  }
}

function kindOfLiteral(value: string | number | boolean | null): Kind {
  if (value === null) return "none";
  if (typeof value === "string") return "text";
  return typeof value === "number" ? "number" : "truth";
}

function kindOfField(fields: Readonly<Record<string, Kind>>, name: string, position: number): Kind {
  const kind = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (kind !== undefined) return kind;
  throw problemAt(position, `got the unknown name ${name}, want one of ${Object.keys(fields).join(", ")}`);
}

function kindOfMember({ of, key, position }: Of<"member">): Kind {
  const kind = kindOf(of);
  const keyKind = kindOf(key);
  if (kind === "any") return "any";
  if (typeof kind === "string") throw problemAt(position, `got a name inside ${describe(kind)}, want it after a map`);
  if ("items" in kind) {
    want(["number"], "a number", key, keyKind);
    return "any";
  }
  want(["text"], "a text", key, keyKind);
  return kindInside(kind, key);
}

function kindInside(kind: MapKind, key: Expression): Kind {
  if ("mapOf" in kind) return kind.mapOf;
  if (key.type !== "literal") return "any";
  return kindOfField(kind.record, String(key.value), key.position);
}

function kindOfCall({ of, method, arguments: given, position }: Of<"call">): Kind {
  const known = METHODS.get(method);
  if (known === undefined) {
    throw problemAt(position, `got the unknown method ${method}, want one of ${[...METHODS.keys()].join(", ")}`);
  }
  if (given.length < known.minArguments || given.length > known.maxArguments) {
    const wanted = known.minArguments === known.maxArguments ? known.minArguments : "1 or 2";
    throw problemAt(position, `got ${method} with ${given.length} arguments, want ${wanted}`);
  }
  const kind = kindOf(of);
  const [firstKind, fallbackKind = "none"] = given.map(kindOf);
  const [first] = given;
  if (first !== undefined && firstKind !== undefined) want(["text"], "a text", first, firstKind);
  if (kind === "any") return known.gives;
  if (known.of === "map" && isMap(kind) && first !== undefined) {
    return fallbackKind === "none" ? kindInside(kind, first) : "any";
  }
  if (known.of === "text" && (kind === "text" || kind === "severity")) return known.gives;
  throw problemAt(position, `got ${method} of ${describe(kind)}, want it of a ${known.of}`);
}

function isMap(kind: Kind): kind is MapKind {
  return typeof kind === "object" && !("items" in kind);
}

function kindOfJoined(operands: readonly Expression[]): Kind {
  const [first = "any", ...rest] = operands.map(kindOf);
  return rest.every((kind) => kind === first) ? first : "any";
}

function kindOfComparison({ operator, left, right, position }: Of<"compare">): Kind {
  const [leftKind, rightKind] = [kindOf(left), kindOf(right)];
  if (operator === "in" || operator === "not in") {
    checkMembership(left, leftKind, right, rightKind);
    return "truth";
  }
  for (const kind of [leftKind, rightKind]) {
    if (typeof kind === "object") throw problemAt(position, `got ${operator} with ${describe(kind)}, want in`);
    if ((kind === "none" || kind === "truth") && operator !== "==" && operator !== "!=") {
      throw problemAt(position, `got ${operator} with ${describe(kind)}, want numbers or texts`);
    }
  }
  checkComparable(left, leftKind, right, rightKind);
  return "truth";
}

function checkMembership(left: Expression, leftKind: Kind, right: Expression, rightKind: Kind): void {
  if (right.type === "list" && typeof rightKind === "object" && "items" in rightKind) {
    right.items.forEach((item, at) => {
      checkComparable(left, leftKind, item, rightKind.items[at] ?? "any");
    });
  } else if (rightKind === "text" || isMap(rightKind)) {
    want(["text"], "a text", left, leftKind);
  } else if (rightKind !== "any") {
    throw problemAt(right.position, `got ${describe(rightKind)}, want a list, a text or a map`);
  }
}

function checkComparable(left: Expression, leftKind: Kind, right: Expression, rightKind: Kind): void {
  if (leftKind === "severity") checkSeverityName(right);
  if (rightKind === "severity") checkSeverityName(left);
  const [one, other] = [asText(leftKind), asText(rightKind)];
  if (one === other || [one, other].some((kind) => kind === "any" || kind === "none")) return;
  throw problemAt(right.position, `got ${describe(leftKind)} compared with ${describe(rightKind)}, which never holds`);
}

function checkSeverityName(expression: Expression): void {
  if (expression.type !== "literal" || typeof expression.value !== "string") return;
  if (isSeverity(expression.value.toLowerCase())) return;
  throw problemAt(expression.position, `got the severity '${expression.value}', want one of ${SEVERITIES.join(", ")}`);
}

function asText(kind: Kind): Kind {
  return kind === "severity" ? "text" : kind;
}

function kindOfArithmetic({ operator, left, right }: Of<"arithmetic">): Kind {
  const [leftKind, rightKind] = [kindOf(left), kindOf(right)];
  if (operator === "+" && leftKind !== "number" && rightKind !== "number") {
    want(["text"], "a number or a text", left, leftKind);
    want(["text"], "a number or a text", right, rightKind);
    return leftKind === "any" ? rightKind : leftKind;
  }
  want(["number"], "a number", left, leftKind);
  want(["number"], "a number", right, rightKind);
  return "number";
}

function want(wanted: readonly Kind[], description: string, expression: Expression, kind: Kind): void {
  if (kind === "any" || wanted.includes(kind)) return;
  throw problemAt(expression.position, `got ${describe(kind)}, want ${description}`);
}

function describe(kind: Kind): string {
  if (typeof kind === "object") return "items" in kind ? "a list" : "a map";
  const words = {
    text: "a text",
    number: "a number",
    truth: "true or false",
    none: "None",
    severity: "a severity",
    any: "any value",
  } as const;
  return words[kind];
}
