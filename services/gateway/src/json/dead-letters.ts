import type { DeadLetter } from "@sightline/proto/sightline/deadletter/v1/dead_letter_service";
import { z } from "zod";
import { momentOf, momentOrNull, uint32 } from "./scalars.ts";

const sequence = z.number().int().min(0);

/** A message that could not be stored. */
export const deadLetterForm = z.object({
  sequence,
  time: momentOrNull,
  tenant: z.string().describe('Whose records these are; "" when the message does not say'),
  reason: z.string(),
  error: z.string(),
  subject: z.string(),
  subjectSequence: sequence,
  records: uint32,
  firstRecord: uint32
    .nullable()
    .describe("When these are not all records of the message: where they begin in it, from 0; null when they are"),
  bytes: z.number().int().min(0),
  partlyStored: z.boolean().describe("Other records of the message are stored: sending it again stores those twice"),
});

export function deadLetterToJson(letter: DeadLetter): z.infer<typeof deadLetterForm> {
  const { timeUnixNano, ...rest } = letter;
  return {
    ...rest,
    sequence: Number(letter.sequence),
    time: momentOf(timeUnixNano),
    subjectSequence: Number(letter.subjectSequence),
    firstRecord: letter.firstRecord ?? null,
    bytes: Number(letter.bytes),
  };
}
