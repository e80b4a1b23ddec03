/** What is known of one target. Undefined: never measured. */
export interface Facts {
  /** Whether the last check reached it. */
  readonly up?: boolean;
  readonly downReason?: string;
  readonly cpuPercent?: number;
  readonly memoryPercent?: number;
  readonly diskPercent?: number;
  /** In the last while. */
  readonly criticalEvents: number;
  readonly errorEvents: number;
  readonly anomalies: number;
}

export interface Score {
  /** 0 (dead) to 100 (well). */
  readonly score: number;
  /** What took points off, in words with figures. */
  readonly reasons: readonly string[];
}

interface Deduction {
  readonly points: number;
  readonly reason: string;
}

/**
 * The score of a target: 100 less what is wrong. A target that is down has 0, whatever else is known. The bounds are
 * those of the default alert rules, so that score and alerts tell the same story.
 */
export function scoreOf(facts: Facts): Score {
  if (facts.up === false) return { score: 0, reasons: [facts.downReason ?? "does not answer (−100)"] };
  const deductions = [
    usage("cpu", facts.cpuPercent, [95, 25], [85, 10]),
    usage("memory", facts.memoryPercent, [95, 30], [85, 15]),
    usage("disk", facts.diskPercent, [95, 40], [85, 15]),
    several("critical event", facts.criticalEvents, 10, 30),
    several("error event", facts.errorEvents, 3, 15),
    several("anomaly", facts.anomalies, 5, 15),
  ].filter((deduction) => deduction !== undefined);
  const lost = deductions.reduce((sum, { points }) => sum + points, 0);
  return {
    score: Math.max(1, 100 - lost),
    reasons: deductions.map(({ points, reason }) => `${reason} (−${points})`),
  };
}

type Step = readonly [fromPercent: number, points: number];

/** @param steps highest first */
function usage(name: string, percent: number | undefined, ...steps: readonly Step[]): Deduction | undefined {
  if (percent === undefined) return undefined;
  const step = steps.find(([from]) => percent >= from);
  return step === undefined ? undefined : { points: step[1], reason: `${name} at ${Math.round(percent)} %` };
}

function several(name: string, count: number, pointsEach: number, most: number): Deduction | undefined {
  if (count === 0) return undefined;
  const many = count === 1 ? name : name === "anomaly" ? "anomalies" : `${name}s`;
  return { points: Math.min(most, count * pointsEach), reason: `${count} ${many}` };
}
