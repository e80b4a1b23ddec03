import { createHash, createHmac } from "node:crypto";

export interface SigningOptions {
  readonly region: string;
  readonly service: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly nowMs: number;
}

/**
 * The headers that sign a POST of a form to AWS (Signature Version 4: docs.aws.amazon.com, "Create a signed AWS API
 * request"), content-type among them.
 */
export function signV4(url: URL, body: string, options: SigningOptions): Record<string, string> {
  const { region, service, accessKey, secretKey, nowMs } = options;
  const time = new Date(nowMs).toISOString().replace(/[:-]|\.\d{3}/g, "");
  const day = time.slice(0, 8);
  const signed = { "content-type": "application/x-www-form-urlencoded", host: url.host, "x-amz-date": time };
  const names = Object.keys(signed).join(";");
  const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`);
  const request = ["POST", url.pathname, url.search.slice(1), lines.join(""), names, sha256(body)].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(request)].join("\n");
  const key = [day, region, service, "aws4_request"].reduce<Buffer | string>(hmac, `AWS4${secretKey}`);
  const signature = createHmac("sha256", key).update(text).digest("hex");
  const { host: _host, ...headers } = signed;
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
