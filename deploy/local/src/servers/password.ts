import { randomBytes } from "node:crypto";

/** 160 random bits that need no escaping in a URL, a config file or a shell. */
export function randomPassword(): string {
  return randomBytes(20).toString("hex");
}
