import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { Secret } from "@sightline/service/secret";

/** Keeps an alertmanager.yml, which holds secrets, so that whoever reads the database does not read them. */
export interface SourceCipher {
  /** Of the keys that it opens with: what stands behind `sealed:1:` of what they sealed. */
  readonly keyIds: readonly string[];
  /** The text as it is kept. */
  seal(tenant: string, source: string): string;
  /** The text of what is kept, also where that was kept without a key. Throws failed_precondition where its key is none of ours. */
  open(tenant: string, kept: string): string;
}

export interface SourceCipherOptions {
  /** Undefined: texts are kept as they are. */
  readonly key: Secret | undefined;
  /** The key before, until all that was sealed by it has been put again. */
  readonly formerKey: Secret | undefined;
}

/** What is sealed begins so, which no configuration does: it has a route. */
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

/** AES-256-GCM with a nonce of its own for each text; a text of one tenant does not open for another. Throws invalid_argument for a short key. */
export function createSourceCipher({ key, formerKey }: SourceCipherOptions): SourceCipher {
  const current = key === undefined ? undefined : keyOf(key, "configurationKey");
  const former = formerKey === undefined ? undefined : keyOf(formerKey, "formerConfigurationKey");
  const keys = [current, former].flatMap((one) => one ?? []);
  return {
    keyIds: keys.map(({ id }) => id),

    seal(tenant, source) {
      if (current === undefined) return source;
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, current.bytes, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(tenant));
      const text = Buffer.concat([cipher.update(source, "utf8"), cipher.final()]);
      return `${PREFIX}${current.id}:${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString("base64")}`;
    },

    open(tenant, kept) {
      if (!kept.startsWith(PREFIX)) return kept;
      const [id = "", sealed = ""] = kept.slice(PREFIX.length).split(":");
      const found = keys.find((one) => one.id === id);
      if (found === undefined) {
        const message = `cannot read the configuration of ${tenant}: it is sealed with the key ${id}, which is not configured`;
        throw new AppError("failed_precondition", message);
      }
      return opened(Buffer.from(sealed, "base64"), found, tenant);
    },
  };
}

function opened(sealed: Buffer, { bytes, id }: Key, tenant: string): string {
  const textAt = NONCE_BYTES + TAG_BYTES;
  try {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, bytes, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(tenant));
    decipher.setAuthTag(sealed.subarray(NONCE_BYTES, textAt));
    return Buffer.concat([decipher.update(sealed.subarray(textAt)), decipher.final()]).toString("utf8");
  } catch (cause) {
    const message = `cannot read the configuration of ${tenant}: what is kept is not what was sealed with the key ${id}`;
    throw new AppError("data_loss", message, { cause });
  }
}

function keyOf(secret: Secret, name: string): Key {
  const text = secret.reveal();
  if (text.length < MIN_KEY_CHARS) {
    throw invalid(
      `cannot use dispatch.${name}: got ${text.length} characters, want at least ${MIN_KEY_CHARS} random ones`,
    );
  }
  const bytes = createHash("sha256").update(text).digest();
  return { bytes, id: createHash("sha256").update("id of ").update(bytes).digest("hex").slice(0, 8) };
}
