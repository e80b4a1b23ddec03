import { AppError, invalid } from "@sightline/errors/app-error";
import { type Clock, msOfNanos } from "@sightline/model/time";
import type { Pool, Sql } from "@sightline/postgres/pool";
import {
  Contacts,
  EscalationPolicy,
  type KeptContacts,
  type KeptEscalationPolicy,
  type PutContactsRequest,
  type PutEscalationPolicyRequest,
} from "@sightline/proto/sightline/alert/v1/oncall_service";
import { contactsFromMessage, policyFromMessage } from "./policy-message.ts";
import {
  AS_IT_IS_MS,
  type DocumentKind,
  keep,
  listKept,
  lockChanges,
  type Revision,
  revisionToMessage,
} from "./revision-store.ts";
import { checkUser } from "./user.ts";

export interface PolicyCallsOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  /** How many a tenant may have. */
  readonly maxPolicies: number;
  /** How many users of a tenant may have contact methods. */
  readonly maxContacts: number;
  /** The receivers of the configuration in force, and the policies that they name; "": none. */
  receiversOf(tenant: string): Promise<readonly { readonly name: string; readonly policy: string }[]>;
}

/** Escalation policies and users' contact methods. Everything is of the given tenant. */
export interface PolicyCalls {
  /** @param asOfUnixNano as they were then; 0: as they are */
  listPolicies(tenant: string, asOfUnixNano: bigint): Promise<KeptEscalationPolicy[]>;
  /** Throws invalid_argument, naming it, for a schedule that is not there. */
  putPolicy(tenant: string, request: PutEscalationPolicyRequest): Promise<KeptEscalationPolicy>;
  deletePolicy(tenant: string, request: { readonly name: string; readonly userId: string }): Promise<void>;
  listContacts(tenant: string, asOfUnixNano: bigint): Promise<KeptContacts[]>;
  putContacts(tenant: string, request: PutContactsRequest): Promise<KeptContacts>;
  deleteContacts(tenant: string, request: { readonly user: string; readonly userId: string }): Promise<void>;
}

export function createPolicyCalls(options: PolicyCallsOptions): PolicyCalls {
  const { sql, clock, maxPolicies, maxContacts, receiversOf } = options;
  /** Throws failed_precondition, naming them, while receivers escalate by it. */
  const assertUnused = async (tenant: string, policy: string) => {
    const using = (await receiversOf(tenant)).filter((receiver) => receiver.policy === policy);
    if (using.length === 0) return;
    const names = using.map(({ name }) => name).join(", ");
    throw new AppError(
      "failed_precondition",
      `cannot delete policy ${policy}: these receivers escalate by it: ${names}`,
    );
  };
  const keepOne = (tenant: string, change: ChangeOfOne) =>
    sql.transaction(async (tx) => {
      await lockChanges(tx, tenant);
      await change.check?.(tx);
      const { kind, name, definition, expected, by, max } = change;
      if (definition !== null) await assertRoom(tx, { tenant, kind, name, max });
      return keep(tx, { tenant, kind, name }, { definition, expected, nowMs: clock(), by });
    });
  return {
    async listPolicies(tenant, asOfUnixNano) {
      const kept = await listKept(sql, { tenant, kind: "policy", asOfMs: asOf(asOfUnixNano) });
      return kept.map((one) => ({ policy: EscalationPolicy.decode(one.definition), revision: revisionToMessage(one) }));
    },
    async putPolicy(tenant, { policy, revision, userId }) {
      checkUser(userId);
      if (policy === undefined) throw invalid("cannot keep escalation policy: got none, want policy");
      policyFromMessage(policy);
      const kept = await keepOne(tenant, {
        kind: "policy",
        name: policy.name,
        definition: EscalationPolicy.encode(policy).finish(),
        expected: revision,
        by: userId,
        max: maxPolicies,
        check: (tx) => assertSchedules(tx, tenant, policy),
      });
      return { policy, revision: revisionToMessage(kept) };
    },
    async deletePolicy(tenant, { name, userId }) {
      checkUser(userId);
      await keepOne(tenant, {
        kind: "policy",
        name,
        definition: null,
        expected: 0,
        by: userId,
        max: maxPolicies,
        check: () => assertUnused(tenant, name),
      });
    },
    async listContacts(tenant, asOfUnixNano) {
      const kept = await listKept(sql, { tenant, kind: "contacts", asOfMs: asOf(asOfUnixNano) });
      return kept.map((one) => ({ contacts: Contacts.decode(one.definition), revision: revisionToMessage(one) }));
    },
    async putContacts(tenant, { contacts, revision, userId }) {
      checkUser(userId);
      if (contacts === undefined) throw invalid("cannot keep contact methods: got none, want contacts");
      contactsFromMessage(contacts);
      const kept = await keepOne(tenant, {
        kind: "contacts",
        name: contacts.user,
        definition: Contacts.encode(contacts).finish(),
        expected: revision,
        by: userId,
        max: maxContacts,
      });
      return { contacts, revision: revisionToMessage(kept) };
    },
    async deleteContacts(tenant, { user, userId }) {
      checkUser(userId);
      await keepOne(tenant, {
        kind: "contacts",
        name: user,
        definition: null,
        expected: 0,
        by: userId,
        max: maxContacts,
      });
    },
  };
}

interface ChangeOfOne {
  readonly kind: DocumentKind;
  readonly name: string;
  readonly definition: Uint8Array | null;
  readonly expected: Revision["revision"];
  readonly by: string;
  readonly max: number;
  /** Throws when it may not be kept. */
  check?(tx: Sql): Promise<void>;
}

interface Room {
  readonly tenant: string;
  readonly kind: DocumentKind;
  readonly name: string;
  readonly max: number;
}

async function assertRoom(tx: Sql, { tenant, kind, name, max }: Room): Promise<void> {
  const all = await listKept(tx, { tenant, kind, asOfMs: AS_IT_IS_MS });
  if (all.length < max || all.some((one) => one.name === name)) return;
  throw new AppError("resource_exhausted", `cannot keep ${kind} ${name}: got ${all.length} already, want fewer`);
}

async function assertSchedules(tx: Sql, tenant: string, policy: EscalationPolicy): Promise<void> {
  const all = await listKept(tx, { tenant, kind: "schedule", asOfMs: AS_IT_IS_MS });
  const known = new Set(all.map(({ name }) => name));
  for (const [step, { targets }] of policy.steps.entries()) {
    for (const [target, { kind }] of targets.entries()) {
      if (kind?.$case !== "schedule" || known.has(kind.value)) continue;
      const place = `steps[${step}].targets[${target}].schedule`;
      throw invalid(
        `cannot keep escalation policy: ${place}: got ${JSON.stringify(kind.value)}, want a schedule that is there`,
      );
    }
  }
}

function asOf(unixNano: bigint): number {
  return unixNano === 0n ? AS_IT_IS_MS : msOfNanos(unixNano);
}
