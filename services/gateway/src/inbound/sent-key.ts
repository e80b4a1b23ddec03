import type { InboundRequest } from "./kind.ts";
import { isSameSecret } from "./signature.ts";

/** The key of a sender that does not sign: `Authorization: Bearer <secret>`, or the password of `Basic`. */
export function verifySentKey({ header }: InboundRequest, secret: string): string | undefined {
  const [scheme = "", ...rest] = (header("authorization") ?? "").split(" ");
  const value = rest.join(" ").trim();
  const isBearer = scheme.toLowerCase() === "bearer";
  if (value === "" || !(isBearer || scheme.toLowerCase() === "basic")) {
    return "authorization: got none, want Bearer or Basic with the source's secret";
  }
  const sent = isBearer ? value : passwordOf(value);
  return isSameSecret(sent, secret) ? undefined : "authorization: it is not the source's secret";
}

function passwordOf(base64: string): string {
  const text = Buffer.from(base64, "base64").toString("utf8");
  return text.slice(text.indexOf(":") + 1);
}
