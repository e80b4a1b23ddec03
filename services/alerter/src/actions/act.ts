import type { AcknowledgementTarget } from "@sightline/alertmanager/dispatch/acknowledgements";
import type { Doing } from "@sightline/alertmanager/dispatch/care";
import { type AppError, invalid } from "@sightline/errors/app-error";
import type { Action } from "@sightline/proto/sightline/alert/v1/action_service";
import type { InboxEntry } from "../dispatch/inbox.ts";
import { storable } from "../dispatch/storable.ts";

/** What somebody does. */
export type Act =
  | { readonly verb: "acknowledge" | "unacknowledge" | "resolve" }
  | { readonly verb: "assign"; readonly assignee: string }
  | { readonly verb: "snooze"; readonly untilMs: number };

/** Who does what. */
export interface Deed {
  readonly act: Act;
  readonly doing: Doing;
}

const MAX_NOTE_BYTES = 4096;
const MAX_ASSIGNEE_BYTES = 256;
const MAX_SNOOZE_MS = 366 * 24 * 3_600_000;

/** Reads who does what. Throws invalid_argument that names the field. */
export function deedOf(action: Action | undefined, userId: string, nowMs: number): Deed {
  if (userId.trim() === "") throw refused("user_id: got nothing, want who does it");
  const note = action?.note ?? "";
  const bytes = Buffer.byteLength(note);
  if (bytes > MAX_NOTE_BYTES) throw refused(`note: got ${bytes} bytes, want ${MAX_NOTE_BYTES} at most`);
  const doing = { by: storable(userId), note: storable(note), atMs: nowMs };
  return { act: actOf(action?.verb, nowMs), doing };
}

function actOf(verb: Action["verb"], nowMs: number): Act {
  switch (verb?.$case) {
    case "assign": {
      const { assignee } = verb.value;
      const bytes = Buffer.byteLength(assignee);
      if (bytes > MAX_ASSIGNEE_BYTES) throw refused(`assignee: got ${bytes} bytes, want ${MAX_ASSIGNEE_BYTES} at most`);
      return { verb: "assign", assignee: storable(assignee.trim()) };
    }
    case "snooze": {
      const { untilUnixMs, forMs } = verb.value;
      // Whoever asks may have another clock than we who end it.
      const untilMs = forMs === undefined ? Number(untilUnixMs) : nowMs + Number(forMs);
      if (untilMs <= nowMs) throw refused("until: got a time that is past, want one that is ahead");
      if (untilMs > nowMs + MAX_SNOOZE_MS) throw refused("until: got more than a year, want a time within it");
      return { verb: "snooze", untilMs };
    }
    case "acknowledge":
    case "unacknowledge":
    case "resolve":
      return { verb: verb.$case };
    case undefined:
      throw refused("action: got none, want what is to be done");
  }
}

/** What whoever dispatches has to know of it. */
export function entryOf(target: AcknowledgementTarget, { act, doing }: Deed): InboxEntry {
  switch (act.verb) {
    case "acknowledge":
      return { kind: "acknowledge", target, acknowledgement: doing };
    case "snooze":
      return { kind: "acknowledge", target, acknowledgement: { ...doing, untilMs: act.untilMs } };
    case "assign":
      return { kind: "assign", target, assignment: { ...doing, to: act.assignee } };
    case "unacknowledge":
    case "resolve":
      return { kind: act.verb, target, doing };
  }
}

function refused(what: string): AppError {
  return invalid(`cannot change alert: ${what}`);
}
