import { OncallServiceService } from "@sightline/proto/sightline/alert/v1/oncall_service";
import { internalUnary } from "@sightline/rpc/handlers";
import type { GrpcServer } from "@sightline/rpc/server";
import type { DutyCalls } from "./duty-calls.ts";
import type { PolicyCalls } from "./policy-calls.ts";
import type { ScheduleCalls } from "./schedule-calls.ts";

export interface OncallServiceOptions {
  readonly internalToken: string;
  readonly schedules: ScheduleCalls;
  readonly duty: DutyCalls;
  readonly policies: PolicyCalls;
}

/** Adds the OncallService, for the other services only. */
export function addOncallService(server: GrpcServer, options: OncallServiceOptions): void {
  const { schedules, duty, policies } = options;
  const internal = internalUnary(options.internalToken);
  server.addService(OncallServiceService, {
    listSchedules: internal(async (_request, { tenant }) => ({ schedules: await schedules.list(tenant) })),
    getSchedule: internal(async (request, { tenant }) => ({ schedule: await schedules.get(tenant, request) })),
    putSchedule: internal(async (request, { tenant }) => ({ schedule: await schedules.put(tenant, request) })),
    deleteSchedule: internal(async (request, { tenant }) => {
      await schedules.delete(tenant, request);
      return {};
    }),
    putOverride: internal(async (request, { tenant }) => ({ override: await schedules.putOverride(tenant, request) })),
    deleteOverride: internal(async (request, { tenant }) => {
      await schedules.deleteOverride(tenant, request);
      return {};
    }),
    getOnCall: internal(async (request, { tenant }) => ({ onCall: await duty.onCall(tenant, request) })),
    listShifts: internal(async (request, { tenant }) => ({ shifts: await duty.shifts(tenant, request) })),
    previewShifts: internal(async (request) => ({ shifts: duty.preview(request) })),
    getCalendar: internal((request, { tenant }) => duty.calendar(tenant, request)),
    listEscalationPolicies: internal(async ({ asOfUnixNano }, { tenant }) => ({
      policies: await policies.listPolicies(tenant, asOfUnixNano),
    })),
    putEscalationPolicy: internal(async (request, { tenant }) => ({
      policy: await policies.putPolicy(tenant, request),
    })),
    deleteEscalationPolicy: internal(async (request, { tenant }) => {
      await policies.deletePolicy(tenant, request);
      return {};
    }),
    listContacts: internal(async ({ asOfUnixNano }, { tenant }) => ({
      contacts: await policies.listContacts(tenant, asOfUnixNano),
    })),
    putContacts: internal(async (request, { tenant }) => ({ contacts: await policies.putContacts(tenant, request) })),
    deleteContacts: internal(async (request, { tenant }) => {
      await policies.deleteContacts(tenant, request);
      return {};
    }),
  });
}
