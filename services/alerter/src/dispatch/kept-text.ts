import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";

/** What of a configuration holds secrets, and is sealed as one text. */
export interface SecretTexts {
  readonly source: string;
  readonly files: Readonly<Record<string, string>>;
}

/** No alertmanager.yml begins so: it has no such field. Versions before this one refuse it, and wait, rather than telling nobody. */
const PREFIX = '{"files":';

const keptForm = z.object({ files: z.record(z.string(), z.string()), source: z.string() });

/** An alertmanager.yml with the files that it names as one text: as it is, where there are none. */
export function keptText({ source, files }: SecretTexts): string {
  const inOrder = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return inOrder.length === 0 ? source : JSON.stringify({ files: Object.fromEntries(inOrder), source });
}

/** What `keptText` made a text of. Throws data_loss for what it did not make. */
export function readKeptText(text: string): SecretTexts {
  if (!text.startsWith(PREFIX)) return { source: text, files: {} };
  try {
    return keptForm.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError("data_loss", "cannot read what is kept of the configuration: it is not what was put", { cause });
  }
}
