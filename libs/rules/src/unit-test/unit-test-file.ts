import type { TimedEvent } from "../evaluate/observe-events.ts";
import type { QueryLanguage } from "../kinds/source.ts";
import type { Labels } from "../labels.ts";

/**
 * A file of unit tests of rules: that of promtool, with one field more. `sightline` of a test holds what promtool does not know: events, and
 * what queries in other languages answer.
 */
export interface UnitTestFile {
  /** Paths and patterns of paths, relative to the file. */
  readonly ruleFiles: readonly string[];
  readonly evaluationIntervalMs: number;
  /** Groups in the order in which they are evaluated; others come with the first. */
  readonly groupEvalOrder: readonly string[];
  /** Whether the nearest floats of one are as good as it. */
  readonly fuzzyCompare: boolean;
  readonly tests: readonly UnitTest[];
}

export interface UnitTest {
  readonly name: string;
  /** The time between two samples of a series. */
  readonly intervalMs: number;
  /** When time begins; milliseconds since the Unix epoch. */
  readonly startMs: number;
  readonly inputSeries: readonly InputSeries[];
  readonly alertTests: readonly AlertTest[];
  readonly expressionTests: readonly ExpressionTest[];
  readonly externalLabels: Labels;
  readonly externalUrl: string;
  /** Their times are relative to the start. */
  readonly events: readonly TimedEvent[];
  readonly answers: readonly QueryAnswer[];
}

export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

/** A series of what a query in LogQL or TraceQL answers over time. */
export interface QueryAnswer extends InputSeries {
  readonly language: QueryLanguage;
  readonly query: string;
}

export interface AlertTest {
  readonly evalTimeMs: number;
  readonly alertName: string;
  readonly expected: readonly ExpectedAlert[];
}

export interface ExpectedAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
}

export interface ExpressionTest {
  readonly expression: string;
  readonly evalTimeMs: number;
  readonly expected: readonly ExpectedSample[];
}

export interface ExpectedSample {
  readonly labels: string;
  readonly value: number;
  /** In the notation of tests; "" where a float is expected. */
  readonly histogram: string;
}
