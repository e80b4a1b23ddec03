import { AppError } from "@sightline/errors/app-error";
import type { z } from "zod";
import { createFields } from "./fields.ts";
import { groupHash } from "./group-hash.ts";
import { credentialsOf, exchange } from "./http.ts";
import type { Integration, Outcome, RateLimit, Rim, Telling } from "./integration.ts";
import { createTokens, type Tokens } from "./oauth2.ts";
import { oneLine } from "./one-line.ts";
import { later, refused } from "./outcome.ts";
import type { Sending } from "./sending.ts";
import { type CommonSettings, parseSettings, secretsOf } from "./settings.ts";

const shownChars = 300;
/** A shorter path of a URL is no secret, and may be a part of any other text. */
const minPathChars = 8;
/** What is kept for each request that is still to come. */
const reservedMs = 1000;

/** What makes a kind of channel. */
export interface Definition<Settings extends CommonSettings> {
  readonly kind: string;
  readonly settings: z.ZodType<Settings>;
  /** Whether it can be told that somebody takes care. Default: no. */
  readonly acknowledges?: boolean;
  /** What the receiver documents. */
  readonly rateLimits: readonly RateLimit[];
  /** What the receiver counts its limits by: a URL, a token, a chat. May be a secret; only its hash goes on. */
  rateKey(settings: Settings): string;
  /** Sends once. What it throws as AppError becomes the outcome. */
  send(settings: Settings, sending: Sending): Promise<Outcome>;
}

/** A kind of channel that can be set up. */
export interface IntegrationKind {
  readonly kind: string;
  /** Whether it knows what an acknowledgement is. */
  readonly acknowledges: boolean;
  /**
   * Sets one up.
   *
   * @throws AppError invalid_argument, naming the setting that is wrong
   */
  create(settings: unknown, rim: Rim): Integration;
}

/** Everything that all kinds have in common: checked settings, time, guard, and outcomes without secrets. */
export function defineIntegration<Settings extends CommonSettings>(definition: Definition<Settings>): IntegrationKind {
  const { kind, acknowledges = false, rateLimits } = definition;
  return {
    kind,
    acknowledges,
    create(raw, rim) {
      const settings = parseSettings(kind, definition.settings, raw);
      const rateKey = `${kind}:${groupHash(definition.rateKey(settings))}`;
      const oauth2 = settings.http?.oauth2;
      const tokens = oauth2 && createTokens(oauth2, () => performance.now());
      const secrets = [...secretsOf(settings), ...credentialsOf(settings.http)];
      const hideOwn = hiding(secrets);
      return {
        kind,
        acknowledges,
        rateLimits,
        sendResolved: settings.sendResolved,
        rateKey,
        proxies: [settings.http?.proxy, oauth2?.proxy].flatMap((proxy) => (proxy === undefined ? [] : [proxy.origin])),
        async send(telling) {
          const sending = createSending(telling, settings, { rim, rateKey, tokens });
          const outcome = await attempt(() => definition.send(settings, sending), telling.signal);
          const given = tokens?.secrets() ?? [];
          const hide = given.length === 0 ? hideOwn : hiding([...secrets, ...given]);
          // Hidden before it is cut: what is left of a secret that was cut could not be found any more.
          const shown = (text: string) => oneLine(hide(text), shownChars);
          const remarks = sending.fields.remarks.map(shown);
          const told = { ...outcome, outcome: shown(outcome.outcome) };
          return remarks.length === 0 ? told : { ...told, remarks };
        },
      };
    },
  };
}

interface Surroundings {
  readonly rim: Rim;
  readonly rateKey: string;
  readonly tokens: Tokens | undefined;
}

function createSending(telling: Telling, settings: CommonSettings, { rim, rateKey, tokens }: Surroundings): Sending {
  const { http, timeoutMs } = settings;
  const { policy, clock, turns } = rim;
  const endMs = clock() + timeoutMs;
  const remainingMs = () => Math.max(endMs - clock(), 1);
  return {
    ...telling,
    rim,
    fields: createFields(telling.templates, telling.notification),
    remainingMs,
    fetch: async (request, behind = 0) => {
      try {
        const { signal } = telling;
        const token = await tokens?.take({ policy, remainingMs: () => partOf(remainingMs(), behind + 1), signal });
        const options = { http, token, policy, timeoutMs: partOf(remainingMs(), behind), signal };
        const answer = await exchange(request, options);
        if (answer.status === 401) tokens?.forget();
        return answer;
      } catch (thrown) {
        throw withoutPath(AppError.from(thrown), request.url);
      }
    },
    takeTurn(name, limits) {
      const retryAfterMs = turns.take(`${rateKey} ${name}`, limits);
      if (retryAfterMs === 0) return;
      const message = `cannot ask for ${name} now: the receiver takes no more of it for ${Math.ceil(retryAfterMs)} ms`;
      throw new AppError("resource_exhausted", message, { retryable: true, retryAfterMs });
    },
  };
}

/** All but what is kept for those behind; an even share where that would be more. */
function partOf(remainingMs: number, behind: number): number {
  return Math.max(remainingMs - behind * reservedMs, Math.floor(remainingMs / (behind + 1)), 1);
}

async function attempt(send: () => Promise<Outcome>, signal: AbortSignal): Promise<Outcome> {
  try {
    return await send();
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.code === "cancelled" && signal.aborted) throw error;
    const { message, retryAfterMs, code } = error;
    return error.retryable ? later(message, retryAfterMs, code) : refused(message, code);
  }
}

/** Paths of webhooks are secrets, also where they come from a template. */
function withoutPath(error: AppError, url: string): AppError {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.pathname === "/" || error.code === "cancelled") return error;
  const message = error.message.replaceAll(`${parsed.origin}${parsed.pathname}`, `${parsed.origin}/…`);
  return new AppError(error.code, message, { retryable: error.retryable });
}

/** Takes secrets out of a text, in any spelling that a receiver might echo them in. */
function hiding(secrets: readonly string[]): (text: string) => string {
  const spellings = secrets
    .flatMap((secret) => {
      const { username = "", password = "", pathname = "", search = "" } = URL.parse(secret) ?? {};
      const path = pathname.length < minPathChars ? [] : [`${pathname}${search}`, pathname];
      return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), username, password, ...path];
    })
    .filter((spelling) => spelling !== "")
    // Longest first: one may be a part of another.
    .sort((a, b) => b.length - a.length);
  return (text) => spellings.reduce((rest, spelling) => rest.replaceAll(spelling, "***"), text);
}
