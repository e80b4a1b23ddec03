/**
 * Severity numbers of OpenTelemetry (opentelemetry-proto logs.proto, SeverityNumber) by the words that loggers use.
 *
 * `critical`, `alert` and `emergency` are FATAL, FATAL2 and FATAL4, in syslog as elsewhere: that is where Google's
 * exporter has them, and Sightline's own severity "critical" begins at FATAL.
 */
const NUMBERS: Readonly<Record<number, string>> = {
  1: "trace t silly finest all",
  2: "verbose v finer",
  5: "debug d dbug fine",
  7: "config",
  9: "info i information informational inf http default log",
  10: "notice n note success",
  13: "warning warn w wrn",
  17: "error err e eror fail failure severe",
  19: "dpanic",
  21: "critical crit c fatal f ftl",
  22: "alert a",
  24: "emergency emerg panic",
};

const byWord = new Map<string, number>();
for (const [number, words] of Object.entries(NUMBERS)) {
  for (const word of words.split(" ")) byWord.set(word, Number(number));
}
// OpenTelemetry's own: TRACE, TRACE2 … FATAL4.
for (const [at, word] of ["trace", "debug", "info", "warn", "error", "fatal"].entries()) {
  for (const step of [1, 2, 3, 4]) byWord.set(step === 1 ? word : `${word}${step}`, at * 4 + step);
}

/** The spellings that occur, as they were sent: no more are remembered, so that nobody can fill it. */
const MAX_SPELLINGS = 1000;
const LONGEST_WORD = 16;
const bySpelling = new Map<string, number>();

/** The severity number of a word such as "info", "WARN", "Error", "SEVERITY_NUMBER_INFO"; 0 when it is none. */
export function severityOfText(text: string): number {
  const known = bySpelling.get(text);
  if (known !== undefined) return known;
  const word = text.trim().toLowerCase().replace("severity_number_", "");
  if (word.length > LONGEST_WORD) return 0;
  const number = byWord.get(word) ?? severityOfDigits(word);
  if (bySpelling.size < MAX_SPELLINGS) bySpelling.set(text, number);
  return number;
}

function severityOfDigits(word: string): number {
  return /^\d{1,4}$/.test(word) ? severityOfLevel(Number(word)) : 0;
}

/** Severity numbers by syslog's severities 0 (emergency) to 7 (debug), RFC 5424 section 6.2.1. */
const SYSLOG: readonly number[] = [24, 22, 21, 17, 13, 10, 9, 5];

/** The severity number of a syslog severity, 0 to 7. */
export function severityOfSyslog(severity: number): number {
  return SYSLOG[severity] ?? 0;
}

/**
 * The severity number of a numeric level; 0 when it is none: 0 to 7 are syslog's (GELF, journald), 10 to 60 those of
 * pino and bunyan (Python's agree, and end at 50, which is critical there), from 100 in hundreds those of Google
 * Cloud and Monolog.
 */
export function severityOfLevel(level: number): number {
  if (!Number.isInteger(level) || level < 0) return 0;
  if (level <= 7) return severityOfSyslog(level);
  if (level >= 10 && level < 70) return TENS[Math.floor(level / 10)] ?? 0;
  if (level >= 100 && level < 900) return HUNDREDS[Math.floor(level / 50)] ?? 0;
  return 0;
}

/** trace, debug, info, warn, error, fatal. */
const TENS: readonly number[] = [0, 1, 5, 9, 13, 17, 21];

/**
 * In steps of 50 from 0: Google Cloud's LogSeverity (100 debug, 200 info, 300 notice, 400 warning, 500 error,
 * 600 critical, 700 alert, 800 emergency), and Monolog's where they are not the same numbers (250 notice, 550 alert).
 * Where they are, Monolog's word (`level_name`) goes before its number.
 */
const HUNDREDS: readonly number[] = [0, 0, 5, 5, 9, 10, 10, 10, 13, 13, 17, 22, 21, 21, 22, 22, 24, 24];

/** A severity number of OpenTelemetry's own scale, 1 to 24; 0 when it is none. */
export function severityOfNumber(severityNumber: number): number {
  return Number.isInteger(severityNumber) && severityNumber >= 1 && severityNumber <= 24 ? severityNumber : 0;
}
