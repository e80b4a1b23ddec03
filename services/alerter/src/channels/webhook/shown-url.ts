import { invalid } from "@sightline/errors/app-error";
import { parseUrl } from "@sightline/service/outbound";

/** What stands for a path that is not shown. */
const HIDDEN = "/…";
/** A shorter path is no secret, and may be a part of any other text. */
const MIN_PATH_CHARS = 8;

/** The URL as it may be shown: with many receivers the path is all that somebody needs to send there. */
export function shownUrl(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || pathOf(parsed).length < MIN_PATH_CHARS) return url;
  return `${parsed.origin}${HIDDEN}`;
}

/** Whether it is one that was shown. */
export function isShownUrl(url: string): boolean {
  return url.endsWith(HIDDEN) || url.endsWith(encodeURI(HIDDEN));
}

/** The URL that was shown so, where it leads to the same host still. Throws invalid_argument. */
export function restoredUrl(url: string, kept: string | undefined): string {
  if (!isShownUrl(url)) return url;
  if (kept !== undefined && parseUrl(kept).origin === parseUrl(url).origin) return kept;
  throw invalid(
    `cannot keep channel: webhook.url: got ${JSON.stringify(url)}, want the whole URL: the path that is kept leads elsewhere`,
  );
}

/** Takes the path of a URL and a token out of texts, where a receiver or an error has them. */
export function hidingPath(url: string, token: string): (text: string) => string {
  const parsed = URL.parse(url);
  const path = parsed === null ? "" : pathOf(parsed);
  const paths = path.length < MIN_PATH_CHARS ? [] : [path, parsed?.pathname ?? ""];
  const secrets = [...paths.filter((one) => one.length >= MIN_PATH_CHARS), ...(token === "" ? [] : [token])];
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
}

function pathOf({ pathname, search }: URL): string {
  return `${pathname}${search}`;
}
