import { writeFile } from "node:fs/promises";
import { z } from "zod";
import type { Context } from "../context.ts";
import { createGatewayClient } from "../gateway-client.ts";
import { formatBytes, printable } from "../print/table.ts";
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
    `holds     ${records} records, ${formatBytes(bytes)}${partlyStored ? "; others of them are stored" : ""}`,
  ]);
  if (options.output === undefined) return;
  await writeFile(options.output, await gateway.bytes(`${path}/payload`), { mode: 0o600 });
  out.note(`the message is in ${options.output}: protobuf, to be read by protoc --decode_raw`);
}
