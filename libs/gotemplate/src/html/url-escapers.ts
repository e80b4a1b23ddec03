// After html/template/url.go of Go 1.26.
import type { Content } from "./content.ts";
import { failsafe } from "./html-escapers.ts";

/** Whether a URL is relative or has a scheme that does nothing by itself. */
function isSafeUrl(url: string): boolean {
  const [, scheme] = /^([^:/]*):/.exec(url) ?? [];
  return scheme === undefined || ["http", "https", "mailto"].includes(scheme.toLowerCase());
}

/** For the beginning of a URL: another scheme than the usual ones is not let through. */
export function filterUrl({ text, kind }: Content): string {
  return kind === "URL" || isSafeUrl(text) ? text : `#${failsafe}`;
}

function percent(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
}

function normalize(url: string): string {
  return url.replace(/%(?:[\da-fA-F]{2})?|[^!#$&*+,/:;=?@[\]\-._~a-zA-Z0-9]/gu, (found) => {
    return found.length === 3 ? found : percent(found);
  });
}

/** For the query of a URL: everything is escaped that could end a part of it. */
export function escapeUrl({ text, kind }: Content): string {
  return kind === "URL" ? normalize(text) : text.replace(/[^\-._~a-zA-Z0-9]/gu, percent);
}

/** For a URL: only what cannot stand in one is escaped. */
export function normalizeUrl({ text }: Content): string {
  return normalize(text);
}

/** For `srcset`: several URLs, each with its size. */
export function filterSrcset({ text, kind }: Content): string {
  if (kind === "Srcset") return text;
  if (kind === "URL") return normalize(text).replaceAll(",", "%2c");
  return text.split(",").map(filterSource).join(",");
}

function filterSource(source: string): string {
  const [, before = "", url = "", size = ""] = /^([ \t\n\f\r]*)([^ \t\n\f\r]*)(.*)$/s.exec(source) ?? [];
  const isRight = isSafeUrl(url) && /^[ \t\n\f\ra-zA-Z0-9]*$/.test(size);
  return isRight ? before + normalize(url) + size : `#${failsafe}`;
}
