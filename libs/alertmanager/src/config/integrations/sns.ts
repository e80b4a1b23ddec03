import { type Fail, mapOf, type StructOf, struct } from "../codec.ts";
import { quietFlag, secret, text } from "../values.ts";
import { notifier } from "./notifier.ts";

const sigv4 = struct(
  "sigv4",
  {
    region: text(),
    accessKey: text(),
    secretKey: secret,
    profile: text(),
    roleArn: text(),
    externalId: text(),
    useFipsStsEndpoint: quietFlag,
    serviceName: text(),
  },
  {
    finish(config, fail) {
      if ((config.accessKey === "") !== (config.secretKey === undefined)) {
        fail("must provide a AWS SigV4 Access key and Secret Key if credentials are specified in the SigV4 config");
      }
      if (config.externalId !== "" && config.roleArn === "") fail("external_id can only be used with role_arn");
      return config;
    },
  },
);

const fields = {
  ...notifier(true),
  apiUrl: text(),
  sigv4,
  topicArn: text(),
  phoneNumber: text(),
  targetArn: text(),
  subject: text('{{ template "sns.default.subject" . }}'),
  message: text('{{ template "sns.default.message" . }}'),
  attributes: mapOf(text()),
  useAwsHttpClient: quietFlag,
};

export type SnsConfig = StructOf<typeof fields>;

/** Amazon's SNS (config/notifiers.go, SNSConfig). */
export const snsConfig = struct("sns_configs", fields, { finish });

function finish(config: SnsConfig, fail: Fail): SnsConfig {
  // As Alertmanager compares them: two of the three pass for one.
  const isOdd = ((config.targetArn === "") !== (config.topicArn === "")) !== (config.phoneNumber === "");
  if (isOdd) fail("must provide either a Target ARN, Topic ARN, or Phone Number for SNS config");
  return config;
}
