export const QUERY_LANGUAGES = ["promql", "logql", "traceql"] as const;
export type QueryLanguage = (typeof QUERY_LANGUAGES)[number];

/** What an alerting rule looks at: one of the kinds of rules. */
export type Source =
  | QuerySource
  | EventsSource
  | ChecksSource
  | CompositeSource
  | BurnRateSource
  | ChangeSource
  | AnomalySource;

/** An expression and the language it is in. */
export interface Expression {
  readonly language: QueryLanguage;
  readonly text: string;
}

/** Whatever series the expression answers are alerts. */
export interface QuerySource extends Expression {
  readonly kind: "query";
}

/** So many events of a group that fulfil a condition within a time. */
export interface EventsSource {
  readonly kind: "events";
  /** See query/condition. */
  readonly condition: string;
  /** An event that ends what those before it have begun: it holds until then. Without it the passing of the time ends it. */
  readonly resolveWhen: string | undefined;
  readonly thresholdCount: number;
  readonly windowMs: number;
  /** Fields of events by their paths, or by their bare names what is in `metadata` and `labels`; each combination of values is an alert of its own. */
  readonly groupBy: readonly string[];
}

export const CHECKS = ["success_rate", "performance_degradation", "consecutive_failures"] as const;
export type Check = (typeof CHECKS)[number];

/** Figures of tests or components, each with its threshold. */
export interface ChecksSource {
  readonly kind: "checks";
  /** In PromQL, for the figures that there are. */
  readonly expressions: Readonly<Partial<Record<Check, string>>>;
  readonly thresholds: CheckThresholds;
}

export interface CheckThresholds {
  /** Percent; below it the check fails. */
  readonly success_rate: number;
  /** Times of what is usual; above it the check fails. */
  readonly performance_degradation: number;
  /** From so many on the check fails. */
  readonly consecutive_failures: number;
}

/** A combination of other rules' alerts. */
export interface CompositeSource {
  readonly kind: "composite";
  /** Names of alerts with `and`, `or`, `not` and parentheses. */
  readonly condition: string;
  /** Labels: the condition is decided for each combination of their values. */
  readonly by: readonly string[];
}

/** The use of an error budget, as the SRE workbook has it (chapter 5, "Alerting on SLOs"). */
export interface BurnRateSource {
  readonly kind: "burn_rate";
  /** Percent of what has to be good. */
  readonly objective: number;
  readonly windowMs: number;
  /** The share of errors, with `$window` for the time it is taken over. */
  readonly errorRatio: Expression;
  readonly burnRates: readonly BurnRate[];
}

/** Holds where the budget burns more than `factor` times too fast over both times: the long one says that it matters, the short one that it goes on. */
export interface BurnRate {
  readonly longMs: number;
  readonly shortMs: number;
  readonly factor: number;
  readonly severity: string;
}

/** How much a value differs from what it was some time before. */
export interface ChangeSource {
  readonly kind: "change";
  readonly expression: Expression;
  readonly offsetMs: number;
  /** Percent; a decrease is negative. */
  readonly above: number | undefined;
  readonly below: number | undefined;
}

/** What the analyzer has found to be unusual. */
export interface AnomalySource {
  readonly kind: "anomaly";
  /** Of this metric; else of any. */
  readonly metric: string | undefined;
  /** From 0 to 1. */
  readonly minConfidence: number;
  readonly thresholdCount: number;
  readonly windowMs: number;
}
