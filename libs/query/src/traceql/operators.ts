/** What puts numbers together. */
export const ARITHMETIC = ["+", "-", "*", "/", "%", "^"] as const;
export type ArithmeticOperator = (typeof ARITHMETIC)[number];

/** What compares numbers, aggregates and metrics. */
export const COMPARISONS = ["=", "!=", "<", "<=", ">", ">="] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** What a comparison is with its sides exchanged. */
export const FLIPPED: Readonly<Record<Comparison, Comparison>> = {
  "=": "=",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

export const MATCHES = ["=~", "!~"] as const;
export type Match = (typeof MATCHES)[number];

export const LOGICAL = ["&&", "||"] as const;
export type Logical = (typeof LOGICAL)[number];

/** What stands between two values of a span. */
export type FieldOperator = ArithmeticOperator | Comparison | Match | Logical;

/** What relates spans by their place in the tree: child, parent, descendant, ancestor, sibling. */
export const RELATIONS = [">", "<", ">>", "<<", "~"] as const;
export type Relation = (typeof RELATIONS)[number];

/** A relation as it is, negated (`!>>`), or keeping both sides (`&>>`). `!~` is also the regex operator. */
export const STRUCTURAL = [
  ...[">", "<", ">>", "<<", "~"],
  ...["!>", "!<", "!>>", "!<<", "!~"],
  ...["&>", "&<", "&>>", "&<<", "&~"],
] as const;

/** What stands between two spansets. */
export type SpansetOperator = Logical | Relation | `!${Relation}` | `&${Relation}`;

/** How strongly operators bind. As in Tempo `&&` and `||` bind alike, and so do comparisons and relations. */
export const BINDING = { logical: 1, comparison: 2, sum: 3, product: 4, power: 5 } as const;

/** How strongly the operator binds; undefined for what is none. */
export function bindingOf(operator: string): number | undefined {
  return bindings.get(operator);
}

const bindings: ReadonlyMap<string, number> = new Map<string, number>([
  ...LOGICAL.map((operator) => [operator, BINDING.logical] as const),
  ...COMPARISONS.map((operator) => [operator, BINDING.comparison] as const),
  ...MATCHES.map((operator) => [operator, BINDING.comparison] as const),
  ...STRUCTURAL.map((operator) => [operator, BINDING.comparison] as const),
  ["+", BINDING.sum],
  ["-", BINDING.sum],
  ["*", BINDING.product],
  ["/", BINDING.product],
  ["%", BINDING.product],
  ["^", BINDING.power],
]);
