import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { AppError, invalid } from "@sightline/errors/app-error";
import { type Secret, secret } from "@sightline/service/secret";
import { z } from "zod";

/** What a service states about the secrets that it keeps in Postgres. The same in all that keep any. */
export const sealConfig = z.strictObject({
  /** Seals them: at least 32 random characters. Unset: they are kept as they are. */
  key: secret.optional(),
  /** The key before: what it sealed is opened, and sealed with the new one in time. */
  formerKey: secret.optional(),
});

export interface SealOptions {
  readonly key?: Secret | undefined;
  readonly formerKey?: Secret | undefined;
}

/** Keeps texts that hold secrets, so that whoever reads the database, or a backup of it, does not read them. */
export interface Seal {
  /** Of the keys that it opens with: what stands behind `sealed:1:` of what they sealed. */
  readonly keyIds: readonly string[];
  /** What everything begins with that it seals, and nothing else; undefined without a key: it seals nothing. */
  readonly prefix: string | undefined;
  /** The text as it is kept, for its owner alone; "" is no secret. */
  seal(owner: string, text: string): string;
  /**
   * The text of what is kept, also where that was kept without a key. Throws failed_precondition where its key is none of ours, data_loss where
   * it is not what was sealed for this owner.
   */
  open(owner: string, kept: string): string;
  /** The same; undefined where it cannot be opened. */
  tryOpen(owner: string, kept: string): string | undefined;
}

/** What is sealed begins so, as no alertmanager.yml does: it has a route. */
const PREFIX = "sealed:1:";
const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MIN_KEY_CHARS = 32;

interface Key {
  /** Says which key it is, and nothing about it. */
  readonly id: string;
  readonly bytes: Buffer;
}

/** AES-256-GCM with a nonce of its own for each text; what was sealed for one owner does not open for another. Throws invalid_argument for a short key. */
export function createSeal({ key, formerKey }: SealOptions): Seal {
  const current = key === undefined ? undefined : keyOf(key, "key");
  const former = formerKey === undefined ? undefined : keyOf(formerKey, "formerKey");
  const keys = [current, former].flatMap((one) => one ?? []);
  const prefix = current && `${PREFIX}${current.id}:`;

  const open = (owner: string, kept: string): string => {
    if (!kept.startsWith(PREFIX)) return kept;
    const [id = "", sealed = ""] = kept.slice(PREFIX.length).split(":");
    const found = keys.find((one) => one.id === id);
    if (found !== undefined) return opened(Buffer.from(sealed, "base64"), found, owner);
    throw new AppError(
      "failed_precondition",
      `cannot open what is sealed of ${owner}: its key ${id} is not configured; where it is lost, see sightlinectl seals`,
    );
  };

  return {
    keyIds: keys.map(({ id }) => id),
    prefix,

    seal(owner, text) {
      if (text === "") return text;
      // Without a key what looks as if it were sealed could not be read again.
      if (current === undefined && !text.startsWith(PREFIX)) return text;
      if (current === undefined)
        throw invalid(`cannot keep what begins with ${JSON.stringify(PREFIX)}: want another text`);
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, current.bytes, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(owner));
      const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return `${prefix}${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64")}`;
    },

    open,

    tryOpen(owner, kept) {
      try {
        return open(owner, kept);
      } catch (thrown) {
        if (thrown instanceof AppError) return undefined;
        throw thrown;
      }
    },
  };
}

function opened(sealed: Buffer, { bytes, id }: Key, owner: string): string {
  const textAt = NONCE_BYTES + TAG_BYTES;
  try {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, bytes, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(owner));
    decipher.setAuthTag(sealed.subarray(NONCE_BYTES, textAt));
    return Buffer.concat([decipher.update(sealed.subarray(textAt)), decipher.final()]).toString("utf8");
  } catch (cause) {
    const message = `cannot open what is sealed of ${owner}: it is not what was sealed with the key ${id}`;
    throw new AppError("data_loss", message, { cause });
  }
}

function keyOf(text: Secret, name: string): Key {
  const characters = text.reveal();
  if (characters.length < MIN_KEY_CHARS) {
    throw invalid(
      `cannot use seal.${name}: got ${characters.length} characters, want at least ${MIN_KEY_CHARS} random ones`,
    );
  }
  const bytes = createHash("sha256").update(characters).digest();
  return { bytes, id: createHash("sha256").update("id of ").update(bytes).digest("hex").slice(0, 8) };
}
