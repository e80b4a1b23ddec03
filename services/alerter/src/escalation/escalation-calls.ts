import { AppError, invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Outcome } from "@sightline/oncall/escalation/advance";
import type { Assignment } from "@sightline/oncall/escalation/decision";
import {
  acknowledge,
  type Intervention,
  reassign,
  resolve,
  resume,
  snooze,
} from "@sightline/oncall/escalation/interventions";
import type { EscalationPolicy } from "@sightline/oncall/escalation/policy";
import type { Pool, Sql } from "@sightline/postgres/pool";
import type {
  AcknowledgeEscalationRequest,
  Escalation as EscalationMessage,
  GetEscalationResponse,
  ListEscalationsRequest,
  ListEscalationsResponse,
  ReassignEscalationRequest,
  ResolveEscalationRequest,
  ResumeEscalationRequest,
  SnoozeEscalationRequest,
} from "@sightline/proto/sightline/alert/v1/escalation_service";
import { type InboxEntry, putInbox } from "../dispatch/inbox.ts";
import { documentNotFound } from "../oncall/revision-store.ts";
import { checkUser } from "../oncall/user.ts";
import { keepChange } from "./change.ts";
import { findPolicy } from "./duty.ts";
import type { Escalation } from "./escalation.ts";
import { escalationToMessage, eventToMessage, statusFromProto } from "./escalation-message.ts";
import { findEscalation, listEscalations, lockEscalation } from "./escalation-store.ts";
import type { IntegrationsOf } from "./reach.ts";
import { readStory } from "./story-store.ts";

export interface EscalationCallsOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  integrationsOf(tenant: string): Promise<IntegrationsOf>;
  /** Called after something was done. */
  readonly onChanged: () => void;
}

/** What people ask of escalations and do about them. Everything is of the given tenant. */
export interface EscalationCalls {
  list(tenant: string, request: ListEscalationsRequest): Promise<ListEscalationsResponse>;
  /** Throws not_found. */
  get(tenant: string, escalationId: string): Promise<GetEscalationResponse>;
  /** All of these throw failed_precondition once it is resolved. */
  acknowledge(tenant: string, request: AcknowledgeEscalationRequest): Promise<EscalationMessage>;
  snooze(tenant: string, request: SnoozeEscalationRequest): Promise<EscalationMessage>;
  reassign(tenant: string, request: ReassignEscalationRequest): Promise<EscalationMessage>;
  resume(tenant: string, request: ResumeEscalationRequest): Promise<EscalationMessage>;
  resolve(tenant: string, request: ResolveEscalationRequest): Promise<EscalationMessage>;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
const MAX_EVENTS = 1000;
const MAX_NOTE_BYTES = 4096;

export function createEscalationCalls(options: EscalationCallsOptions): EscalationCalls {
  const { sql } = options;
  return {
    async list(tenant, request) {
      const limit = limitOf(request);
      const statuses = request.statuses.map(wantStatus);
      const { policy, receiver, groupKey, user, withEnded, cursor } = request;
      const filter = { statuses, policy, receiver, groupKey, user, withEnded, afterId: cursor, limit };
      const found = await listEscalations(sql, tenant, filter);
      const next = found.length === limit ? (found.at(-1)?.escalationId ?? "") : "";
      return { escalations: found.map(escalationToMessage), next };
    },
    async get(tenant, escalationId) {
      const escalation = await findEscalation(sql, tenant, escalationId);
      const story = await readStory(sql, escalation, MAX_EVENTS);
      return { escalation: escalationToMessage(escalation), timeline: story.map(eventToMessage) };
    },
    acknowledge: (tenant, request) =>
      intervene(tenant, request, options, ({ state }, doing) => ({
        outcome: acknowledge(state, doing),
        dispatch: [{ kind: "acknowledge" }],
      })),
    snooze: (tenant, request) =>
      intervene(tenant, request, options, ({ state }, doing) => {
        const { untilUnixMs, forMs } = request;
        const untilMs = forMs === undefined ? Number(untilUnixMs) : doing.nowMs + Number(forMs);
        return {
          outcome: snooze(state, { ...doing, untilMs }),
          dispatch: [{ kind: "acknowledge", untilMs }],
        };
      }),
    reassign: (tenant, request) =>
      intervene(tenant, request, options, async ({ state }, doing, tx) => {
        const to = assignmentOf(request);
        const policy = await wantPolicy(tx, tenant, to.kind === "policy" ? to.policy : state.policy);
        const assigned = to.kind === "user" ? [{ kind: "assign", to: to.user } as const] : [];
        const dispatch = [{ kind: "unacknowledge" } as const, ...assigned];
        return { outcome: reassign(state, { ...doing, to, policy }), dispatch };
      }),
    resume: (tenant, request) =>
      intervene(tenant, request, options, async ({ state }, doing, tx) => ({
        outcome: resume(state, { ...doing, policy: await wantPolicy(tx, tenant, state.policy) }),
        dispatch: [{ kind: "unacknowledge" }],
      })),
    resolve: (tenant, request) =>
      intervene(tenant, request, options, ({ state }, doing) => ({ outcome: resolve(state, doing), dispatch: [] })),
  };
}

interface Doing {
  readonly escalationId: string;
  readonly note: string;
  readonly userId: string;
}

/** What the dispatcher hears of it, of the whole group. */
type Told =
  | { readonly kind: "acknowledge"; readonly untilMs?: number }
  | { readonly kind: "unacknowledge" }
  | { readonly kind: "assign"; readonly to: string };

interface Done {
  readonly outcome: Outcome;
  readonly dispatch: readonly Told[];
}

type Do = (escalation: Escalation, doing: Intervention, tx: Sql) => Done | Promise<Done>;

async function intervene(
  tenant: string,
  { escalationId, note, userId }: Doing,
  options: EscalationCallsOptions,
  act: Do,
): Promise<EscalationMessage> {
  checkUser(userId);
  const bytes = Buffer.byteLength(note);
  if (bytes > MAX_NOTE_BYTES) {
    throw invalid(`cannot change escalation: note: got ${bytes} bytes, want at most ${MAX_NOTE_BYTES}`);
  }
  const nowMs = options.clock();
  const doing = { by: userId, note, nowMs };
  const after = await options.sql.transaction(async (tx) => {
    const before = await lockEscalation(tx, tenant, escalationId);
    const { outcome, dispatch } = await act(before, doing, tx);
    // What changes nothing is no news to anybody.
    if (outcome.decisions.length === 0) return before;
    for (const told of dispatch) await putInbox(tx, tenant, entryOf(told, before.groupKey, doing), nowMs);
    const care = { careAtMs: nowMs, careConfirmed: false };
    return keepChange(tx, before, { outcome, care }, { nowMs, integrationsOf: options.integrationsOf });
  });
  options.onChanged();
  return escalationToMessage(after);
}

function entryOf(told: Told, groupKey: string, { by, note, nowMs }: Intervention): InboxEntry {
  const target = { groupKey };
  const doing = { by, note, atMs: nowMs };
  switch (told.kind) {
    case "acknowledge": {
      const until = told.untilMs === undefined ? {} : { untilMs: told.untilMs };
      return { kind: "acknowledge", target, acknowledgement: { ...doing, ...until } };
    }
    case "unacknowledge":
      return { kind: "unacknowledge", target, doing };
    case "assign":
      return { kind: "assign", target, assignment: { ...doing, to: told.to } };
  }
}

async function wantPolicy(tx: Sql, tenant: string, name: string): Promise<EscalationPolicy> {
  const policy = await findPolicy(tx, tenant, name);
  if (policy === undefined) throw documentNotFound({ kind: "policy", name });
  return policy;
}

function assignmentOf({ to }: ReassignEscalationRequest): Assignment {
  const name = to?.value ?? "";
  if (to === undefined || name.trim() === "" || name.length > 128) {
    throw invalid("cannot reassign escalation: to: got nothing, want a user or a policy");
  }
  return to.$case === "user" ? { kind: "user", user: name } : { kind: "policy", policy: name };
}

function limitOf({ limit }: ListEscalationsRequest): number {
  if (limit > MAX_LIMIT) throw invalid(`cannot list escalations: limit: got ${limit}, want 1 to ${MAX_LIMIT}`);
  return limit || DEFAULT_LIMIT;
}

function wantStatus(number: number): string {
  const status = statusFromProto(number);
  if (status !== undefined) return status;
  throw new AppError(
    "invalid_argument",
    `cannot list escalations: statuses: got ${number}, want 1 (running) to 5 (resolved)`,
  );
}
