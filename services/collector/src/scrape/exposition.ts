import { belongs, type MetricFamily, typeOf } from "./metric-family.ts";
import { createDuplicates, createOpenMetricsRules } from "./openmetrics-rules.ts";
import { createSampleParser, type ExpositionFormat, type Sample } from "./sample-line.ts";

/** A sample with the metric it belongs to. */
export interface FamilySample {
  readonly sample: Sample;
  readonly family: MetricFamily;
}

export interface ExpositionError {
  /** From 1. */
  readonly line: number;
  /** From 1; 0 when the fault is not in one place of the line. */
  readonly column: number;
  readonly reason: string;
}

export interface Exposition {
  /** The good ones, in order. */
  readonly samples: readonly FamilySample[];
  /** The first faults, up to the limit. */
  readonly errors: readonly ExpositionError[];
  /** All of them. */
  readonly errorCount: number;
}

export interface ExpositionLimits {
  /** Samples after this many are left out, which is a fault of its own. */
  readonly maxSamples: number;
  /** Faults after this many are only counted. Default 20. */
  readonly maxErrors?: number;
}

/**
 * The format that a Content-Type announces; anything but OpenMetrics is read as Prometheus text 0.0.4, as Prometheus
 * itself does.
 */
export function formatOf(contentType: string | undefined): ExpositionFormat {
  return contentType?.trim().toLowerCase().startsWith("application/openmetrics-text") ? "openmetrics" : "prometheus";
}

/**
 * Reads an exposition: Prometheus text 0.0.4 leniently, OpenMetrics 1.0 as its specification demands. A bad line is a
 * fault with its position and costs only itself; the good lines around it are kept.
 */
export function parseExposition(text: string, format: ExpositionFormat, limits: ExpositionLimits): Exposition {
  const reading = createReading(format, limits);
  let start = 0;
  let number = 0;
  while (start < text.length) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    number++;
    if (!reading.line(text.slice(start, end), number)) break;
    start = end + 1;
  }
  return reading.end(number);
}

interface OpenFamily {
  name: string;
  type: MetricFamily["type"];
  help: string;
  unit: string;
  readonly said: Set<string>;
  hasSamples: boolean;
}

function createReading(format: ExpositionFormat, { maxSamples, maxErrors = 20 }: ExpositionLimits) {
  const strict = format === "openmetrics";
  const parseSample = createSampleParser(format);
  const rules = createOpenMetricsRules();
  const isDuplicate = createDuplicates();
  const samples: FamilySample[] = [];
  const errors: ExpositionError[] = [];
  let errorCount = 0;
  let family: OpenFamily | undefined;
  let ended = false;
  let full = false;

  function fault(line: number, column: number, reason: string | undefined): void {
    if (reason === undefined) return;
    errorCount++;
    if (errors.length < maxErrors) errors.push({ line, column, reason });
  }

  function open(name: string, line: number): OpenFamily {
    close(line);
    family = { name, type: "unknown", help: "", unit: "", said: new Set(), hasSamples: false };
    return family;
  }

  /** The rules see a family as a whole: its type may come after its help. */
  function settle(current: OpenFamily, line: number): void {
    if (current.hasSamples) return;
    current.hasSamples = true;
    if (strict) fault(line, 0, rules.open(current));
  }

  function close(line: number): void {
    if (family === undefined || !strict) return;
    settle(family, line);
    fault(line, 0, rules.close(family));
  }

  /** What is wrong with a comment's line, if it is metadata. */
  function metadata(text: string, line: number): string | undefined {
    const [, keyword = "", name = "", rest] = /^# (HELP|TYPE|UNIT) ([^ ]+)(?: (.*))?$/.exec(normalised(text)) ?? [];
    if (keyword === "" || rest === undefined || !/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) {
      // Any other comment is allowed in 0.0.4 and none in OpenMetrics.
      const allowed = !strict && keyword === "";
      return allowed ? undefined : "want # HELP, # TYPE or # UNIT with a metric name and a text";
    }
    const same = family !== undefined && family.name === name;
    if (strict && same && family?.hasSamples) return "metadata after the samples";
    const current = same && family !== undefined ? family : open(name, line);
    if (strict && current.said.has(keyword)) return `# ${keyword} ${name} occurs twice`;
    current.said.add(keyword);
    if (keyword === "HELP") current.help = rest;
    if (keyword === "UNIT") current.unit = rest;
    if (keyword !== "TYPE") return undefined;
    const type = typeOf(rest, format);
    if (type === undefined) return `unknown type ${JSON.stringify(rest.slice(0, 40))}`;
    current.type = type;
    return undefined;
  }

  function normalised(text: string): string {
    return strict ? text : text.trim().replace(/^#[ \t]*(HELP|TYPE|UNIT)[ \t]+([^ \t]+)[ \t]*/, "# $1 $2 ");
  }

  /** Takes a sample, or says what is wrong with it. */
  function take(sample: Sample, line: number): string | undefined {
    const current = family !== undefined && belongs(sample.name, family, format) ? family : open(sample.name, line);
    settle(current, line);
    const problem = strict ? rules.sample(sample, current) : undefined;
    if (problem !== undefined || (strict && isDuplicate(sample))) return problem;
    if (samples.length >= maxSamples) {
      full = true;
      return `more than ${maxSamples} samples`;
    }
    samples.push({ sample, family: current });
    return undefined;
  }

  function sampleLine(text: string, line: number): void {
    const parsed = parseSample(text);
    if ("problem" in parsed) fault(line, parsed.problem.column, parsed.problem.reason);
    else fault(line, 0, take(parsed.sample, line));
  }

  return {
    /** Takes a line; false: what follows is not worth reading. */
    line(raw: string, line: number): boolean {
      const text = strict ? raw : raw.replace(/\r$/, "");
      if (ended) {
        fault(line, 1, "text after # EOF");
        return false;
      }
      if (strict && text === "# EOF") ended = true;
      else if (text.startsWith("#")) fault(line, 1, metadata(text, line));
      else if (strict || text.trim() !== "") sampleLine(strict ? text : text.trim(), line);
      return !full;
    },
    end(line: number): Exposition {
      close(line);
      if (strict && !ended && !full) fault(line, 0, "# EOF is missing");
      return { samples, errors, errorCount };
    },
  };
}
