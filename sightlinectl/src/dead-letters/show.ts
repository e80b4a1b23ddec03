import { writeFile } from "node:fs/promises";
import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import type { Context } from "../context.ts";
import { createGatewayClient } from "../gateway-client.ts";
import { counted, formatBytes, printable } from "../print/table.ts";
import {
  DEAD_LETTERS_PATH,
  type DeadLetter,
  deadLetterForm,
  letterPath,
  type OfTenant,
  queryOf,
} from "./dead-letter.ts";

/** `sightlinectl deadletters show` */
export async function show(
  { settings, out, signal }: Context,
  sequence: number,
  options: OfTenant & { readonly output?: string | undefined },
): Promise<void> {
  const gateway = createGatewayClient(settings(), signal);
  const answer = z.object({ deadLetter: deadLetterForm });
  const { deadLetter } = await gateway.get(`${DEAD_LETTERS_PATH}/${sequence}`, queryOf(options), answer);
  const { time, tenant, reason, error, subject, subjectSequence, bytes } = deadLetter;
  out.value(deadLetter, [
    `sequence  ${sequence}`,
    `time      ${time ?? ""}`,
    `tenant    ${printable(tenant || "not said")}`,
    `reason    ${printable(reason)}`,
    `error     ${printable(error)}`,
    `from      ${printable(subject)}, sequence ${subjectSequence}`,
    `holds     ${heldBy(deadLetter)}, ${formatBytes(bytes)}`,
  ]);
  if (options.output === undefined) return;
  const message = await gateway.bytes(letterPath(sequence, options, "/payload"));
  try {
    await writeFile(options.output, message, { mode: 0o600 });
  } catch (cause) {
    throw new AppError("failed_precondition", `cannot write the message: ${AppError.from(cause).message}`, { cause });
  }
  out.note(`the message is in ${options.output}: protobuf, to be read by protoc --decode_raw`);
}

function heldBy({ records, firstRecord, partlyStored }: DeadLetter): string {
  const held = counted(records, "record");
  if (firstRecord !== null) return `${held} of a message, from its ${firstRecord + 1}. on`;
  return partlyStored ? `${held}; others of them are stored` : held;
}
