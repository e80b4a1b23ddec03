/** One word of a query. `text` is what stands there; of a string `value` is what it means. */
export type Token =
  | { readonly kind: "identifier" | "keyword" | "symbol" | "flag"; readonly text: string; readonly position: number }
  | { readonly kind: "string"; readonly text: string; readonly value: string; readonly position: number }
  | { readonly kind: "number"; readonly text: string; readonly position: number }
  | { readonly kind: "duration"; readonly text: string; readonly ns: number; readonly position: number }
  | { readonly kind: "bytes"; readonly text: string; readonly bytes: number; readonly position: number }
  | { readonly kind: "range"; readonly text: string; readonly ns: number; readonly position: number }
  | { readonly kind: "end"; readonly text: ""; readonly position: number };

/** What a message calls a token: Loki's name of its kind, or for signs and keywords the token itself. */
export function nameOf(token: Token): string {
  switch (token.kind) {
    case "identifier":
      return "IDENTIFIER";
    case "string":
      return "STRING";
    case "number":
      return "NUMBER";
    case "duration":
      return "DURATION";
    case "bytes":
      return "BYTES";
    case "range":
      return "RANGE";
    case "flag":
      return "PARSER_FLAG";
    case "end":
      return "$end";
    default:
      return token.text;
  }
}

/** The functions over ranges of log lines. */
export const RANGE_OPERATIONS = [
  "count_over_time",
  "rate",
  "rate_counter",
  "bytes_over_time",
  "bytes_rate",
  "avg_over_time",
  "sum_over_time",
  "min_over_time",
  "max_over_time",
  "stdvar_over_time",
  "stddev_over_time",
  "quantile_over_time",
  "first_over_time",
  "last_over_time",
  "absent_over_time",
] as const;

/** One of these. */
export type RangeOperation = (typeof RANGE_OPERATIONS)[number];

/** The aggregations over series. */
export const VECTOR_OPERATIONS = [
  "sum",
  "avg",
  "count",
  "max",
  "min",
  "stddev",
  "stdvar",
  "bottomk",
  "topk",
  "approx_topk",
  "sort",
  "sort_desc",
] as const;

/** One of these. */
export type VectorOperation = (typeof VECTOR_OPERATIONS)[number];

/** What `unwrap` can read a value as. */
export const CONVERSIONS = ["bytes", "duration", "duration_seconds"] as const;

/** One of these. */
export type Conversion = (typeof CONVERSIONS)[number];

/** Words that are functions where a parenthesis, or a grouping with one, comes next, and names elsewhere. */
export const FUNCTIONS: ReadonlySet<string> = new Set([
  ...RANGE_OPERATIONS,
  ...VECTOR_OPERATIONS,
  ...CONVERSIONS,
  "vector",
  "label_replace",
  "ip",
]);

/** Words that are never names. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  ...["by", "without", "bool", "on", "ignoring", "group_left", "group_right", "offset", "or", "and", "unless"],
  ...["unwrap", "json", "regexp", "logfmt", "unpack", "pattern", "label_format", "line_format", "decolorize"],
  ...["drop", "keep"],
]);

/** What may stand behind `logfmt`. */
export const PARSER_FLAGS: ReadonlySet<string> = new Set(["--strict", "--keep-empty"]);
