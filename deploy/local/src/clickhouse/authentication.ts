import { createHash, timingSafeEqual } from "node:crypto";
import { ClickHouseException } from "./exceptions.ts";
import type { Credentials } from "./request.ts";

/**
 * Returns the check of the one user `default` and its password ("" for none). The check throws the answer of the real
 * server, which does not say whether the user or the password was wrong.
 */
export function createAuthentication(password: string): (credentials: Credentials) => void {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const expected = digest(password);
  return (given) => {
    const known = timingSafeEqual(digest(given.password), expected);
    if (known && given.user === "default") return;
    const reason = "Authentication failed: password is incorrect, or there is no user with such name";
    throw new ClickHouseException(516, "AUTHENTICATION_FAILED", `${given.user}: ${reason}`);
  };
}
