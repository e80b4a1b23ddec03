/** How two values are compared. */
export const COMPARISONS = ["==", "!=", "<", "<=", ">", ">=", "in", "not in"] as const;
export type ComparisonOperator = (typeof COMPARISONS)[number];

export const ARITHMETIC = ["+", "-", "*", "/", "%"] as const;
export type ArithmeticOperator = (typeof ARITHMETIC)[number];

/** A parsed condition. `position` is the offset of its first character, or of its operator, in the text. */
export type Expression =
  | { readonly type: "literal"; readonly value: string | number | boolean | null; readonly position: number }
  | { readonly type: "list"; readonly items: readonly Expression[]; readonly position: number }
  /** A name that stands by itself: event_type, details… */
  | { readonly type: "field"; readonly name: string; readonly position: number }
  /** of.key and of[key]. */
  | { readonly type: "member"; readonly of: Expression; readonly key: Expression; readonly position: number }
  /** of.method(arguments). */
  | {
      readonly type: "call";
      readonly of: Expression;
      readonly method: string;
      readonly arguments: readonly Expression[];
      readonly position: number;
    }
  | { readonly type: "not"; readonly operand: Expression; readonly position: number }
  | { readonly type: "negate"; readonly operand: Expression; readonly position: number }
  | { readonly type: "and" | "or"; readonly operands: readonly Expression[]; readonly position: number }
  | {
      readonly type: "compare";
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly position: number;
    }
  | {
      readonly type: "arithmetic";
      readonly operator: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly position: number;
    };

/** Bounds of a condition, so that reading and evaluating one is always cheap. */
export const CONDITION_LIMITS = {
  /** Characters of the text. */
  length: 4096,
  /** How deeply parentheses, brackets, `not` and `-` nest. */
  depth: 32,
  /** Values and operators in all; evaluating visits each at most once. */
  nodes: 500,
  /** Characters of a text made with `+`; a longer one is None. */
  textLength: 65_536,
} as const;
