import { invalid } from "@sightline/errors/app-error";

/** A text, or the name of a named collection of the server's, which keeps credentials out of the statement. */
const argument = String.raw`(?:'(?:[^'\\]|\\.)*'|[A-Za-z_]\w*)`;
const placePattern = new RegExp(String.raw`^(File|Disk|S3|AzureBlobStorage)\(${argument}(\s*,\s*${argument})*\)$`);
/** Nothing shorter is a key, and it may be part of any word. */
const MIN_KEY_LENGTH = 6;
const textPattern = /'((?:[^'\\]|\\.)*)'/g;

/**
 * Where a backup lies, as ClickHouse's BACKUP writes it: `File('/backups/x')`, `Disk('backups', 'x')`,
 * `S3(a_named_collection, 'x')`. It cannot be a parameter of the statement; so only these forms are let through.
 */
export function assertBackupPlace(place: string): void {
  if (placePattern.test(place)) return;
  throw invalid(
    "cannot use the place for ClickHouse's backup: want File('…'), Disk('…', '…'), S3('…') or AzureBlobStorage('…')",
  );
}

/** A text about a place without what may be its keys: they are among its texts wherever it is not a path of the server. */
export function withoutKeys(text: string, place: string): string {
  if (/^(File|Disk)\(/.test(place)) return text;
  // The first of S3 is its URL.
  const texts = [...place.matchAll(textPattern)]
    .map(([, inside = ""]) => inside)
    .slice(place.startsWith("S3('") ? 1 : 0);
  return texts.reduce((left, secret) => (secret.length < MIN_KEY_LENGTH ? left : left.replaceAll(secret, "…")), text);
}
