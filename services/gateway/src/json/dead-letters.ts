import type { DeadLetter } from "@sightline/proto/sightline/deadletter/v1/dead_letter_service";
import { z } from "zod";
import { momentOf, momentOrNull, uint32 } from "./scalars.ts";

const sequence = z.number().int().min(0);

/** A message that could not be stored. */
export const deadLetterForm = z.object({
  sequence,
  time: momentOrNull,
  reason: z.string(),
  error: z.string(),
  subject: z.string(),
  subjectSequence: sequence,
  records: uint32,
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
    bytes: Number(letter.bytes),
  };
}
