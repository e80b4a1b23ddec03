import { createSecret } from "@sightline/service/secret";
import { z } from "zod";
import { commonHttpSettings, template } from "../settings.ts";

/** Sends alerts as events to Sentry; alerts of a group are one issue there. */
export const sentrySettings = z.strictObject({
  ...commonHttpSettings({ sendResolved: false }),
  /** As Sentry shows it: `https://<public key>@<host>/<project>`. */
  dsn: z
    .string()
    .max(2048)
    .refine((text) => parseDsn(text) !== undefined, "expected a DSN: https://<public key>@<host>/<project>")
    .transform(createSecret),
  message: template.default('{{ template "__subject" . }}'),
  environment: template.default(""),
  release: template.default(""),
});
export type SentrySettings = z.infer<typeof sentrySettings>;

/** The parts of a DSN (develop.sentry.dev, sdk/foundations/transport/authentication). */
export interface Dsn {
  readonly publicKey: string;
  readonly envelopeUrl: string;
}

/** Undefined where it is none. */
export function parseDsn(text: string): Dsn | undefined {
  const url = URL.parse(text);
  const match = /^(?<prefix>(?:\/[^/]+)*)\/(?<project>\d+)\/?$/.exec(url?.pathname ?? "");
  const { prefix = "", project = "" } = match?.groups ?? {};
  if (url === null || match === null || !/^https?:$/.test(url.protocol) || url.username === "") return undefined;
  const envelopeUrl = `${url.protocol}//${url.host}${prefix}/api/${project}/envelope/`;
  return { publicKey: decodeURIComponent(url.username), envelopeUrl };
}
