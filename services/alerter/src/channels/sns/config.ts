import { snsConfig } from "@sightline/alertmanager/config/integrations/sns";
import { z } from "zod";
import { commonHttpSettings, secretText, template } from "../settings.ts";

const { initial } = snsConfig;

/** Who signs. Roles and profiles, which the SDK of AWS would look up, are not supported. */
const sigv4 = z.strictObject({
  region: z.string().regex(/^[a-z0-9-]{1,64}$/, "expected a region of AWS"),
  accessKey: z.string().min(1).max(256),
  secretKey: secretText,
  profile: z.literal("", "profiles are not supported: set accessKey and secretKey").optional(),
  roleArn: z.literal("", "roles are not supported: set accessKey and secretKey").optional(),
  externalId: z.literal("").optional(),
  useFipsStsEndpoint: z.boolean().optional(),
  serviceName: z.string().max(64).optional(),
});

/** Alertmanager's sns_config with its defaults. */
export const snsSettings = z
  .strictObject({
    ...commonHttpSettings(),
    /** Default: the region's. */
    apiUrl: template.default(""),
    sigv4,
    topicArn: template.default(""),
    phoneNumber: template.default(""),
    targetArn: template.default(""),
    subject: template.default(initial.subject),
    message: template.default(initial.message),
    attributes: z.record(z.string().max(256), template).default({}),
    useAwsHttpClient: z.boolean().optional(),
  })
  .refine(
    ({ topicArn, phoneNumber, targetArn }) => [topicArn, phoneNumber, targetArn].some((to) => to !== ""),
    "must provide either a Target ARN, Topic ARN, or Phone Number for SNS config",
  );
export type SnsSettings = z.infer<typeof snsSettings>;
