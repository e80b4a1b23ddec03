/**
 * The kinds of field an answer is made of. A field that is missing is taken as its protobuf default, so that the page
 * works with an older gateway; a field of a wrong kind is an error.
 */
import { SEVERITIES } from "@sightline/model/severity";
import * as z from "zod/mini";

// Without this zod would try to compile its parsers, which the page's Content-Security-Policy forbids and reports.
z.config({ jitless: true });

/** "" when missing. */
export const text = z._default(z.string(), "");

/** 0 when missing. */
export const count = z._default(z.number(), 0);

/** False when missing. */
export const flag = z._default(z.boolean(), false);

/** RFC 3339 in UTC; null when it did not happen. */
export const moment = z._default(z.nullable(z.string()), null);

/** RFC 3339 in UTC; the beginning of 1970 when it is missing, which only happens to records that came without a time. */
export const instant = z.pipe(
  z._default(z.nullable(z.string()), null),
  z.transform((value) => value ?? "1970-01-01T00:00:00.000000000Z"),
);

/** A number that may not have been measured. */
export const optionalNumber = z.optional(z.number());

/** Labels and the like. */
export const textMap = z._default(z.record(z.string(), z.string()), {});

/** Attributes: values of any kind. */
export const attributeMap = z._default(z.record(z.string(), z.unknown()), {});

/** [] when missing. */
export const list = <T extends z.ZodMiniType>(item: T) => z._default(z.array(item), []);

/** An event's severity; one that this page does not know reads as info. */
export const severity = z.catch(z.enum(SEVERITIES), "info");
