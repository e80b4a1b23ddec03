import { AppError, invalid } from "@sightline/errors/app-error";
import { z } from "zod";
import type { DeadLetters } from "../clients.ts";
import { deadLetterForm, deadLetterToJson } from "../json/dead-letters.ts";
import { count } from "./parse.ts";
import { documentRoute, type Route, readRoute, writeRoute } from "./route.ts";

const nothing = z.strictObject({});
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
      query: z.strictObject({ start: sequence, limit: count, reason: z.string().default("") }),
      answer: z.object({ deadLetters: z.array(deadLetterForm), next: z.number().int().nullable() }),
      call: async ({ query, caller, signal }) => {
        const request = { startSequence: BigInt(query.start), limit: query.limit, reason: query.reason };
        const found = await deadLetters.call("listDeadLetters", request, { tenant: caller.tenant, signal });
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
      query: nothing,
      answer: z.object({ deadLetter: deadLetterForm }),
      call: async ({ param, caller, signal }) => {
        const request = { sequence: sequenceOf(param("sequence")) };
        const { deadLetter } = await deadLetters.call("getDeadLetter", request, { tenant: caller.tenant, signal });
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
      query: nothing,
      contentTypes: ["application/x-protobuf"],
      call: async ({ param, caller, signal }) => {
        const request = { sequence: sequenceOf(param("sequence")) };
        const { payload } = await deadLetters.call("getDeadLetter", request, { tenant: caller.tenant, signal });
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
      query: nothing,
      body: z.strictObject({
        evenIfPartlyStored: z
          .boolean()
          .default(false)
          .describe("Also when records of the message are stored already, or may be, and will be twice"),
      }),
      answer: z.object({ sequence: z.number().int().describe("Its new sequence on the bus") }),
      call: async ({ param, body, caller, signal }) => {
        const request = { sequence: sequenceOf(param("sequence")), ...body };
        const answer = await deadLetters.call("redriveDeadLetter", request, { tenant: caller.tenant, signal });
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
      query: nothing,
      answer: nothing,
      call: async ({ param, caller, signal }) => {
        const request = { sequence: sequenceOf(param("sequence")) };
        await deadLetters.call("deleteDeadLetter", request, { tenant: caller.tenant, signal });
        return {};
      },
    }),
  ];
}

function sequenceOf(text: string): bigint {
  if (/^[1-9]\d{0,15}$/.test(text)) return BigInt(text);
  throw invalid(`cannot use the sequence ${JSON.stringify(text.slice(0, 40))}: want a whole number from 1`);
}
