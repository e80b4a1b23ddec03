import { invalid } from "@sightline/errors/app-error";

/** A proxy, and who we are to it. */
export interface ProxyInUrl {
  /** As `URL.origin` has it. */
  readonly origin: string;
  readonly username: string;
  readonly password?: string;
}

/**
 * The proxy that a URL is of. Without a scheme it is one of http, as everywhere else where proxies are written (`foo:3128`).
 *
 * @param setting what it is the value of
 * @throws AppError invalid_argument, without the password
 */
export function proxyIn(text: string, setting: string): ProxyInUrl {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null) throw invalid(`cannot use ${setting}: got no URL, want ${EXAMPLE}`);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw invalid(
      `cannot use ${setting}: got ${url.protocol}, want http: or https:, as only these proxies are spoken to`,
    );
  }
  const [username, password] = [url.username, url.password].map((part) => decoded(part, setting));
  return { origin: url.origin, username: username ?? "", ...(password && { password }) };
}

const EXAMPLE = "one like http://proxy.example:3128";

function decoded(text: string, setting: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw invalid(`cannot use ${setting}: got a % that is not before two hexadecimal digits, want %25 for it`, cause);
  }
}
