import { pagerdutyConfig } from "@sightline/alertmanager/config/integrations/pagerduty";
import { z } from "zod";
import { commonHttpSettings, plainUrl, secretText, template } from "../settings.ts";

/** What the details say besides those that are set (Alertmanager's DefaultPagerdutyDetails). */
export const defaultDetails = {
  firing: "{{ .Alerts.Firing | toJson }}",
  resolved: "{{ .Alerts.Resolved | toJson }}",
  num_firing: "{{ .Alerts.Firing | len }}",
  num_resolved: "{{ .Alerts.Resolved | len }}",
} as const;

const { initial } = pagerdutyConfig;

/** Alertmanager's pagerduty_config with its defaults; severityFromLabels is ours. */
export const pagerdutySettings = z
  .strictObject({
    ...commonHttpSettings(),
    /** Of an integration of Events API v2; may hold templates. */
    routingKey: secretText.optional(),
    /** Of an integration of Events API v1. */
    serviceKey: secretText.optional(),
    /** Default: PagerDuty's own for either API. */
    url: plainUrl.optional(),
    client: template.default(initial.client),
    clientUrl: template.default(initial.clientUrl),
    description: template.default(initial.description),
    details: z.record(z.string().max(1024), z.json()).default({}),
    images: z
      .array(z.strictObject({ src: template, alt: template.default(""), href: template.default("") }))
      .max(50)
      .default([]),
    links: z
      .array(z.strictObject({ href: template, text: template.default("") }))
      .max(50)
      .default([]),
    /** Default: the client. */
    source: template.optional(),
    /** Empty: `error`, or what severityFromLabels finds. */
    severity: template.default(""),
    /** Takes the severity from the label `severity` of the alerts. */
    severityFromLabels: z.boolean().default(false),
    class: template.default(""),
    component: template.default(""),
    group: template.default(""),
  })
  .refine(({ routingKey, serviceKey }) => (routingKey === undefined) !== (serviceKey === undefined), {
    message: "expected either routingKey or serviceKey",
  });
export type PagerdutySettings = z.infer<typeof pagerdutySettings>;
