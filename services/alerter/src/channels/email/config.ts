import { emailConfig } from "@sightline/alertmanager/config/integrations/email";
import { z } from "zod";
import { commonSettings, secretText, template, tlsSettings } from "../settings.ts";

const { initial } = emailConfig;

/** Names that the message's structure has; they follow from what is in it. */
const ours = /^(content-.*|mime-version|date|bcc|cc)$/i;

const headers = z
  .record(z.string().regex(/^[A-Za-z0-9-]{1,76}$/, "expected the name of a header"), template)
  .refine((all) => !Object.keys(all).some((name) => ours.test(name)), "a header that follows from the message is set")
  .default({});

/** Alertmanager's email_config with its defaults; attachAlerts is ours. */
export const emailSettings = z
  .strictObject({
    ...commonSettings({ sendResolved: false, timeoutMs: 30_000 }),
    /** One or more, separated by commas. */
    to: template.min(1),
    from: template.min(1),
    hello: z.string().max(253).default("localhost"),
    smarthost: z.strictObject({ host: z.string().min(1).max(253), port: z.coerce.number().int().min(1).max(65_535) }),
    authUsername: z.string().max(1024).default(""),
    authPassword: secretText.optional(),
    /** For CRAM-MD5. */
    authSecret: secretText.optional(),
    authIdentity: z.string().max(1024).default(""),
    headers,
    html: template.default(initial.html),
    /** Empty: the alerts in plain form. */
    text: template.default(initial.text),
    /** Whether the connection has to become encrypted by STARTTLS. Without, it is not even tried. */
    requireTls: z.boolean().default(true),
    tls: tlsSettings.prefault({}),
    /** Whether it is encrypted from the start. Unset: on port 465. */
    forceImplicitTls: z.boolean().optional(),
    threading: z
      .strictObject({
        enabled: z.boolean().default(false),
        threadByDate: z.enum(["none", "daily", ""]).default("none"),
      })
      .prefault({}),
    /** Whether the alerts come with it as a file, in the form of the webhook. */
    attachAlerts: z.boolean().default(false),
  })
  .refine(({ authIdentity, authUsername }) => authIdentity === "" || authIdentity === authUsername, {
    path: ["authIdentity"],
    message: "expected the same as authUsername: to act for another is not supported",
  });
export type EmailSettings = z.infer<typeof emailSettings>;
