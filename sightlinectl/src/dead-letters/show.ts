import { writeFile } from "node:fs/promises";
import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import type { Context } from "../context.ts";
import { createGatewayClient } from "../gateway-client.ts";
import { counted, formatBytes, printable } from "../print/table.ts";
import { DEAD_LETTERS_PATH, deadLetterForm } from "./dead-letter.ts";

/** `sightlinectl deadletters show` */
export async function show(
  { settings, out, signal }: Context,
  sequence: number,
  options: { readonly output?: string | undefined },
): Promise<void> {
  const gateway = createGatewayClient(settings(), signal);
  const path = `${DEAD_LETTERS_PATH}/${sequence}`;
  const { deadLetter } = await gateway.get(path, {}, z.object({ deadLetter: deadLetterForm }));
  const { time, reason, error, subject, subjectSequence, records, bytes, partlyStored } = deadLetter;
  out.value(deadLetter, [
    `sequence  ${sequence}`,
    `time      ${time ?? ""}`,
    `reason    ${printable(reason)}`,
    `error     ${printable(error)}`,
    `from      ${printable(subject)}, sequence ${subjectSequence}`,
    `holds     ${counted(records, "record")}, ${formatBytes(bytes)}${partlyStored ? "; others of them are stored" : ""}`,
  ]);
  if (options.output === undefined) return;
  const message = await gateway.bytes(`${path}/payload`);
  try {
    await writeFile(options.output, message, { mode: 0o600 });
  } catch (cause) {
    throw new AppError("failed_precondition", `cannot write the message: ${AppError.from(cause).message}`, { cause });
  }
  out.note(`the message is in ${options.output}: protobuf, to be read by protoc --decode_raw`);
}
