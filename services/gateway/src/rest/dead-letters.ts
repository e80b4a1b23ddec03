import { AppError, invalid } from "@sightline/errors/app-error";
import { isTenant } from "@sightline/model/tenant";
import { z } from "zod";
import type { Caller } from "../auth/caller.ts";
import { assertOperator } from "../auth/operator.ts";
import type { DeadLetters } from "../clients.ts";
import { deadLetterForm, deadLetterToJson } from "../json/dead-letters.ts";
import { count } from "./parse.ts";
import { documentRoute, type Route, readRoute, writeRoute } from "./route.ts";

const nothing = z.strictObject({});
const tenant = z
  .string()
  .refine(isTenant, "want 1 to 63 lower-case letters, digits and inner hyphens")
  .optional()
  .describe("Another tenant than the caller's: for who runs the system");
const ofTenant = z.strictObject({ tenant });
/** Stands for all tenants. */
const ALL = "*";
const sequence = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0);

/** Messages that could not be stored: for those who mend what is wrong with them. */
export function deadLetterRoutes(deadLetters: DeadLetters): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/dead-letters",
      operation: "listDeadLetters",
      summary: "List messages that could not be stored, oldest first",
      tag: "dead letters",
      access: "query",
      query: z.strictObject({
        start: sequence,
        limit: count,
        reason: z.string().default(""),
        tenant: z.union([z.literal(ALL), tenant]).describe("Another tenant, or * for all: for who runs the system"),
      }),
      answer: z.object({ deadLetters: z.array(deadLetterForm), next: z.number().int().nullable() }),
      call: async ({ query, caller, signal }) => {
        const request = { startSequence: BigInt(query.start), limit: query.limit, reason: query.reason };
        const method = query.tenant === ALL ? "listAllDeadLetters" : "listDeadLetters";
        const found = await deadLetters.call(method, request, { tenant: tenantOf(caller, query.tenant), signal });
        const next = found.nextSequence === 0n ? null : Number(found.nextSequence);
        return { deadLetters: found.deadLetters.map(deadLetterToJson), next };
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/dead-letters/:sequence",
      operation: "getDeadLetter",
      summary: "What is known of a message that could not be stored",
      tag: "dead letters",
      access: "query",
      query: ofTenant,
      answer: z.object({ deadLetter: deadLetterForm }),
      call: async ({ param, query, caller, signal }) => {
        const request = { sequence: sequenceOf(param("sequence")) };
        const { deadLetter } = await deadLetters.call("getDeadLetter", request, {
          tenant: tenantOf(caller, query.tenant),
          signal,
        });
        if (deadLetter === undefined) throw new AppError("internal", "cannot show the dead letter: storage gave none");
        return { deadLetter: deadLetterToJson(deadLetter) };
      },
    }),
    documentRoute({
      method: "get",
      path: "/v1/dead-letters/:sequence/payload",
      operation: "getDeadLetterPayload",
      summary: "The message itself, as it was published: an OTLP request or an EventBatch in protobuf",
      tag: "dead letters",
      access: "query",
      query: ofTenant,
      contentTypes: ["application/x-protobuf"],
      call: async ({ param, query, caller, signal }) => {
        const request = { sequence: sequenceOf(param("sequence")) };
        const { payload } = await deadLetters.call("getDeadLetter", request, {
          tenant: tenantOf(caller, query.tenant),
          signal,
        });
        const fileName = `dead-letter-${request.sequence}.binpb`;
        return { contentType: "application/x-protobuf", content: payload, fileName };
      },
    }),
    writeRoute({
      method: "post",
      path: "/v1/dead-letters/:sequence/redrive",
      operation: "redriveDeadLetter",
      summary: "Publish the message again, unchanged, and remove the dead letter",
      tag: "dead letters",
      access: "admin",
      query: ofTenant,
      body: z.strictObject({
        evenIfPartlyStored: z
          .boolean()
          .default(false)
          .describe("Also when records of the message are stored already, or may be, and will be twice"),
      }),
      answer: z.object({ sequence: z.number().int().describe("Its new sequence on the bus") }),
      call: async ({ param, query, body, caller, signal }) => {
        const request = { sequence: sequenceOf(param("sequence")), ...body };
        const answer = await deadLetters.call("redriveDeadLetter", request, {
          tenant: tenantOf(caller, query.tenant),
          signal,
        });
        return { sequence: Number(answer.sequence) };
      },
    }),
    readRoute({
      method: "delete",
      path: "/v1/dead-letters/:sequence",
      operation: "deleteDeadLetter",
      summary: "Remove a message that could not be stored, for good",
      tag: "dead letters",
      access: "admin",
      query: ofTenant,
      answer: nothing,
      call: async ({ param, query, caller, signal }) => {
        const request = { sequence: sequenceOf(param("sequence")) };
        await deadLetters.call("deleteDeadLetter", request, { tenant: tenantOf(caller, query.tenant), signal });
        return {};
      },
    }),
  ];
}

/** Whose dead letters the call is about. Throws `permission_denied` for those of others. */
function tenantOf(caller: Caller, wanted = caller.tenant): string {
  if (wanted === caller.tenant) return wanted;
  assertOperator(caller, "see to the dead letters of other tenants");
  return wanted === ALL ? caller.tenant : wanted;
}

function sequenceOf(text: string): bigint {
  if (/^[1-9]\d{0,15}$/.test(text)) return BigInt(text);
  throw invalid(`cannot use the sequence ${JSON.stringify(text.slice(0, 40))}: want a whole number from 1`);
}
