import type { Severity } from "@sightline/model/severity";
import { checkCount, checkName, refusalOf, shown } from "../refuse.ts";
import { checkTimeZone, checkWindows } from "../zone/check-windows.ts";
import { openSpans, type WallWindow } from "../zone/wall-window.ts";
import { DAY_MS } from "../zone/weekdays.ts";
import { createZone } from "../zone/zone.ts";

/** How one user wants to be told. */
export interface ContactPreferences {
  /** IANA name, of the quiet hours. */
  readonly timeZone: string;
  /** In the order in which they are tried. */
  readonly methods: readonly ContactMethod[];
  /** When only what is critical comes; the rest waits until they are over. */
  readonly quietHours: readonly WallWindow[];
}

export interface ContactMethod {
  /** Name of the receiver that does it. */
  readonly receiver: string;
  /** Where the user is there: a mail address, the id of a member of Slack. "" where the receiver is theirs alone. */
  readonly address: string;
  /** Since the user was to be told; it comes unless somebody has acknowledged by then. */
  readonly delayMs: number;
  /** Only for alerts of these; empty: all. */
  readonly severities: readonly Severity[];
}

/** What becomes of one contact method. */
export interface PlannedContact {
  readonly method: ContactMethod;
  /** When it is to be used; undefined: not at all. */
  readonly atMs: number | undefined;
  /**
   * - `planned`: as the user wishes
   * - `quiet_hours`: it waits for their end
   * - `always_quiet`: they do not end within eight days
   * - `severity`: it is not for alerts of this severity
   */
  readonly reason: "planned" | "quiet_hours" | "always_quiet" | "severity";
}

/** Quiet hours that last longer never end. */
const LONGEST_QUIET_MS = 8 * DAY_MS;
const MAX_METHODS = 10;
const MAX_ADDRESS = 512;
const MAX_DELAY_SECONDS = 24 * 3600;

/** What of a user's contact methods is used when, for an alert of which they are to be told at a moment. */
export function planContacts(
  { timeZone, methods, quietHours }: ContactPreferences,
  { severity, atMs }: { readonly severity: Severity; readonly atMs: number },
): PlannedContact[] {
  const zone = createZone(timeZone);
  return methods.map((method): PlannedContact => {
    if (method.severities.length > 0 && !method.severities.includes(severity)) {
      return { method, atMs: undefined, reason: "severity" };
    }
    const wantedMs = atMs + method.delayMs;
    if (severity === "critical") return { method, atMs: wantedMs, reason: "planned" };
    const within = { startMs: wantedMs, endMs: wantedMs + LONGEST_QUIET_MS };
    const [quiet] = openSpans(quietHours, zone, within);
    if (quiet === undefined || quiet.startMs > wantedMs) return { method, atMs: wantedMs, reason: "planned" };
    if (quiet.endMs === within.endMs) return { method, atMs: undefined, reason: "always_quiet" };
    return { method, atMs: quiet.endMs, reason: "quiet_hours" };
  });
}

const refuse = refusalOf("contact methods");

/** Throws invalid_argument, naming the field, when the preferences could not be meant. */
export function checkContacts({ timeZone, methods, quietHours }: ContactPreferences): void {
  checkTimeZone(refuse, "time_zone", timeZone);
  checkCount(refuse, "methods", methods.length, { min: 0, max: MAX_METHODS });
  for (const [index, { receiver, address, delayMs, severities }] of methods.entries()) {
    const place = `methods[${index}]`;
    checkName(refuse, `${place}.receiver`, receiver);
    if (address.length > MAX_ADDRESS || /\p{Cc}/u.test(address)) {
      throw refuse(`${place}.address`, shown(address), `at most ${MAX_ADDRESS} characters, none of control`);
    }
    checkCount(refuse, `${place}.delay_seconds`, delayMs / 1000, { min: 0, max: MAX_DELAY_SECONDS });
    if (new Set(severities).size < severities.length) {
      throw refuse(`${place}.severities`, severities.join(", "), "each severity at most once");
    }
  }
  checkWindows(refuse, "quiet_hours", quietHours);
}
