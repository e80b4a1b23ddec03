import { AppError } from "@sightline/errors/app-error";
import type { EventBuilder } from "@sightline/events/builder";
import { EVENT_TYPES } from "@sightline/model/event-vocabulary";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";

export interface FailureEventsOptions {
  readonly events: EventBuilder;
  /** Hands an event to ingest. */
  send(event: SystemEvent): Promise<unknown>;
  /** Events on their way at a time; more are dropped. */
  readonly maxInFlight: number;
  /** Counts failures that no event tells of. */
  dropped(reason: "busy" | "not_taken", error?: AppError): void;
}

/** Tells of failed logins. The login itself never waits for it. */
export type TellFailure = (failure: { readonly username: string; readonly address: string }) => void;

/** Failed logins become `auth_failure` events, for rules and for the list of security events. */
export function createFailureEvents({ events, send, maxInFlight, dropped }: FailureEventsOptions): TellFailure {
  let inFlight = 0;
  return ({ username, address }) => {
    if (inFlight >= maxInFlight) {
      dropped("busy");
      return;
    }
    inFlight += 1;
    const event = events.build({
      eventType: EVENT_TYPES.authFailure,
      severity: "warning",
      source: "gateway",
      target: "gateway",
      category: "security",
      title: `a login as ${username} failed`,
      details: { reason: "wrong name or password", method: "password" },
      metadata: { userId: username, sourceIp: address },
    });
    send(event)
      .catch((thrown: unknown) => dropped("not_taken", AppError.from(thrown)))
      .finally(() => {
        inFlight -= 1;
      });
  };
}
