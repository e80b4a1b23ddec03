import type { Clock } from "@sightline/model/time";
import type { Caller } from "../auth/caller.ts";
import type { Clients } from "../clients.ts";
import type { Parameters } from "../http/request-parameters.ts";

/** What endpoints of Alertmanager's API ask. */
export interface AlertmanagerContext extends Pick<Clients, "alertmanager"> {
  readonly clock: Clock;
  /** When this process started, milliseconds since the Unix epoch. */
  readonly startedMs: number;
  /** Sightline's version. */
  readonly version: string;
}

/** A request to Alertmanager's API. */
export interface ApiRequest {
  readonly parameters: Parameters;
  /** What stands for `:name` in the path. */
  pathPart(name: string): string;
  /** Of a POST, parsed JSON. */
  readonly body: unknown;
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

/**
 * Who may: whoever may query; who may edit; who sends, which is a key with the scope ingest or admin, or somebody who may edit.
 */
export type ApiAccess = "query" | "edit" | "send";

/** One endpoint below `/alertmanager/api/v2`. */
export interface Endpoint {
  readonly method: "get" | "post" | "delete";
  readonly path: string;
  readonly access: ApiAccess;
  /** Resolves to what is answered as JSON; undefined for nothing. */
  answer(request: ApiRequest, context: AlertmanagerContext): Promise<unknown>;
}

const DEADLINE_MS = 30_000;

/** On whose behalf the alerter is asked, and until when. */
export function alerterCall({ caller, signal }: Pick<ApiRequest, "caller" | "signal">) {
  return { tenant: caller.tenant, signal, deadlineMs: DEADLINE_MS };
}

/** Alertmanager's times. */
export function timeText(unixMs: bigint): string {
  return new Date(Number(unixMs)).toISOString();
}
