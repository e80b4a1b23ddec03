import { AppError } from "@sightline/errors/app-error";
import { guardedFetch, type OutboundPolicy } from "@sightline/service/outbound";
import { z } from "zod";
import { basicOf, proxyOptions, tlsOptions } from "./http.ts";
import type { Oauth2Settings } from "./settings.ts";

/** What one request for a token may take, and whom it may reach. */
export interface TokenRequest {
  readonly policy: OutboundPolicy;
  /** Milliseconds left for it. */
  remainingMs(): number;
  readonly signal: AbortSignal;
}

/** The tokens of one channel. */
export interface Tokens {
  /**
   * The one that holds, or a new one. Throws as `guardedFetch`; unauthenticated where the server does not give one, unavailable where it may
   * later.
   */
  take(request: TokenRequest): Promise<string>;
  /** Has the next one asked for anew: this one is not taken any more. */
  forget(): void;
  /** What is to be seen nowhere: the newest, and the one before it, which another request may still have. */
  secrets(): readonly string[];
}

/** Go's oauth2 takes a token for one that is over so long before it is. */
const EARLY_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;

const answerForm = z.object({
  access_token: z.string().min(1).max(16_384),
  // Some write a number as a text.
  expires_in: z.coerce.number().catch(0).default(0),
});

interface Token {
  readonly text: string;
  readonly untilMs: number;
}

/**
 * Asks for tokens by the credentials of a client. Servers take these in a header or in the body, and which of it is not written down anywhere:
 * as Go's oauth2, the header is tried first, and what was taken is what is tried from then on.
 */
export function createTokens(settings: Oauth2Settings, steadyMs: () => number): Tokens {
  let kept: Token | undefined;
  let takes: Style | undefined;
  let given: readonly string[] = [];

  async function ask(style: Style, { policy, remainingMs, signal }: TokenRequest): Promise<Token | undefined> {
    const askedMs = steadyMs();
    const tls = tlsOptions(settings.tls);
    const proxy = proxyOptions(settings.proxy);
    const { status, body } = await guardedFetch(settings.tokenUrl, {
      ...{ policy, timeoutMs: remainingMs(), signal },
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
        ...(style === "header" && { authorization: headerOf(settings) }),
      },
      body: formOf(settings, style).toString(),
      maxBodyBytes: MAX_ANSWER_BYTES,
      ...(tls !== undefined && { tls }),
      ...(proxy !== undefined && { proxy }),
    });
    if (status === 429 || status >= 500) {
      throw new AppError("unavailable", `cannot get a token: the server of tokens answered ${status}`);
    }
    const read = status === 200 ? answerForm.safeParse(parsed(body)) : undefined;
    if (read?.success !== true) return undefined;
    const { access_token: text, expires_in: seconds } = read.data;
    return { text, untilMs: seconds > 0 ? askedMs + seconds * 1000 - EARLY_MS : Number.POSITIVE_INFINITY };
  }

  return {
    async take(request) {
      if (kept !== undefined && steadyMs() < kept.untilMs) return kept.text;
      for (const style of takes === undefined ? STYLES : [takes]) {
        const token = await ask(style, request);
        if (token === undefined) continue;
        [kept, takes] = [token, style];
        given = [token.text, ...given.slice(0, 1)];
        return token.text;
      }
      takes = undefined;
      throw new AppError(
        "unauthenticated",
        "cannot get a token: the server of tokens gives none for these credentials",
      );
    },
    forget() {
      kept = undefined;
    },
    secrets: () => given,
  };
}

const STYLES = ["header", "body"] as const;
type Style = (typeof STYLES)[number];

/** RFC 6749 section 2.3.1: both are encoded as in a form first. */
function headerOf({ clientId, clientSecret }: Oauth2Settings): string {
  const encoded = (text: string) => new URLSearchParams({ x: text }).toString().slice("x=".length);
  return basicOf(encoded(clientId), encoded(clientSecret?.reveal() ?? ""));
}

function formOf({ clientId, clientSecret, scopes, endpointParams }: Oauth2Settings, style: Style): URLSearchParams {
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  if (scopes.length > 0) form.set("scope", scopes.join(" "));
  if (style === "body") {
    form.set("client_id", clientId);
    if (clientSecret !== undefined) form.set("client_secret", clientSecret.reveal());
  }
  for (const [name, value] of Object.entries(endpointParams)) form.set(name, value);
  return form;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
