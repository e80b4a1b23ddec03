import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";

/** OWASP's second choice for scrypt (Password Storage Cheat Sheet): N = 2^16, r = 8, p = 2; 64 MiB for some 0.2 s. */
const COST = { N: 2 ** 16, r: 8, p: 2 } as const;
const KEY_BYTES = 32;
const MAX_MEMORY = 256 * 1024 * 1024;
const pattern = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([0-9A-Za-z_-]{16,86})\$([0-9A-Za-z_-]{43})$/;

/** Hashes a password for storage: `scrypt$N$r$p$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, COST);
  return ["scrypt", COST.N, COST.r, COST.p, salt.toString("base64url"), hash.toString("base64url")].join("$");
}

/**
 * Whether the password is the one of the stored hash. Without a hash (no such user) it takes as long and says no, so
 * that time does not tell which names exist.
 */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const parts = stored === undefined ? null : pattern.exec(stored);
  if (parts === null) {
    await derive(password, randomBytes(16), COST);
    return false;
  }
  const [, n, r, p, salt = "", hash = ""] = parts;
  const want = Buffer.from(hash, "base64url");
  const got = await derive(password, Buffer.from(salt, "base64url"), { N: Number(n), r: Number(r), p: Number(p) });
  return want.length === got.length && timingSafeEqual(want, got);
}

function derive(password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The same word in another composition of accents is the same password (RFC 8265).
    scrypt(password.normalize("NFC"), salt, KEY_BYTES, { ...cost, maxmem: MAX_MEMORY }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
