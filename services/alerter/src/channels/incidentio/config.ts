import { z } from "zod";
import { commonHttpSettings, plainUrl, secretText } from "../settings.ts";

/** Alertmanager's incidentio_config. */
export const incidentioSettings = z
  .strictObject({
    ...commonHttpSettings(),
    url: plainUrl,
    alertSourceToken: secretText.optional(),
    /** Further alerts are left out and counted. 0: all are sent. */
    maxAlerts: z.int().min(0).default(0),
  })
  .refine(({ http, alertSourceToken }) => (http.authorization === undefined) !== (alertSourceToken === undefined), {
    message: "expected either alertSourceToken or http.authorization",
  });
export type IncidentioSettings = z.infer<typeof incidentioSettings>;
