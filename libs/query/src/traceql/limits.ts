/** Bounds of a query, so that reading one is always cheap. */
export const TRACEQL_LIMITS = {
  /** Characters of the text; Tempo's default. */
  length: 131_072,
  /** How deeply parentheses and unary operators nest. */
  depth: 100,
  /** Values and operators in all: a chain of them is as deep as it is long, and has to fit the stack. */
  nodes: 4000,
  /** Fields that one metric may be grouped by; Tempo's bound. */
  groupBys: 5,
} as const;
