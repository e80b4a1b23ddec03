import { rename, writeFile } from "node:fs/promises";

/** Writes a file only its owner can read: servers' configs hold passwords. The path never holds half of it. */
export async function writeConfig(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
