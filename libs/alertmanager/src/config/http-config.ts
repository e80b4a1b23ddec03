import { type Fail, list, mapOf, optional, quiet, type StructOf, struct, type ValueOf } from "./codec.ts";
import { howMany, tlsConfig } from "./tls-config.ts";
import { flag, json, proxyUrl, quietFlag, secret, setSecret, text } from "./values.ts";

const basicAuth = struct("basic_auth", {
  username: text(),
  usernameFile: text(),
  usernameRef: text(),
  password: secret,
  passwordFile: text(),
  passwordRef: text(),
});

const authorization = struct("authorization", {
  type: text(),
  credentials: secret,
  credentialsFile: text(),
  credentialsRef: text(),
});

/** The header that tells a server who asks. */
export type Authorization = ValueOf<typeof authorization>;

const proxyFields = {
  proxyUrl,
  noProxy: text(),
  proxyFromEnvironment: quietFlag,
  proxyConnectHeader: mapOf(list(setSecret)),
};

const oauth2 = struct(
  "oauth2",
  {
    clientId: text(),
    clientSecret: secret,
    clientSecretFile: text(),
    clientSecretRef: text(),
    clientCertificateKeyId: text(),
    clientCertificateKey: secret,
    clientCertificateKeyFile: text(),
    clientCertificateKeyRef: text(),
    grantType: text(),
    signatureAlgorithm: text(),
    iss: text(),
    audience: text(),
    claims: mapOf(json),
    scopes: list(text()),
    tokenUrl: text(),
    endpointParams: mapOf(text()),
    tlsConfig: quiet(tlsConfig),
    ...proxyFields,
  },
  { finish: (config, fail) => checkProxy(config, fail) },
);

const header = struct("http_headers", { values: list(text()), secrets: list(setSecret), files: list(text()) });

const fields = {
  basicAuth: optional(basicAuth),
  authorization: optional(authorization),
  oauth2: optional(oauth2),
  bearerToken: secret,
  bearerTokenFile: text(),
  tlsConfig: quiet(tlsConfig),
  followRedirects: flag(true),
  enableHttp2: flag(true),
  ...proxyFields,
  httpHeaders: optional(mapOf(header)),
};

export type HttpConfig = StructOf<typeof fields>;

/** How requests of HTTP are made (common/config, HTTPClientConfig). */
export const httpConfig = struct("http_config", fields, { finish });

function finish(config: HttpConfig, fail: Fail): HttpConfig {
  checkAuthentication(config, fail);
  if (config.oauth2 !== undefined) checkOauth2(config.oauth2, fail);
  checkProxy(config, fail);
  checkHeaders(config, fail);
  return { ...config, authorization: authorizationOf(config), bearerToken: undefined, bearerTokenFile: "" };
}

function checkAuthentication({ basicAuth, authorization, oauth2, ...config }: HttpConfig, fail: Fail): void {
  const bearers = howMany(config.bearerToken, config.bearerTokenFile);
  if (bearers > 1) fail("at most one of bearer_token & bearer_token_file must be configured");
  if ((basicAuth !== undefined || oauth2 !== undefined) && bearers > 0) {
    fail("at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured");
  }
  if (basicAuth !== undefined) {
    if (howMany(basicAuth.username, basicAuth.usernameFile, basicAuth.usernameRef) > 1) {
      fail("at most one of basic_auth username, username_file & username_ref must be configured", "basic_auth");
    }
    if (howMany(basicAuth.password, basicAuth.passwordFile, basicAuth.passwordRef) > 1) {
      fail("at most one of basic_auth password, password_file & password_ref must be configured", "basic_auth");
    }
  }
  if (authorization !== undefined) {
    if (bearers > 0) fail("authorization is not compatible with bearer_token & bearer_token_file", "authorization");
    if (howMany(authorization.credentials, authorization.credentialsFile, authorization.credentialsRef) > 1) {
      fail("at most one of authorization credentials & credentials_file must be configured", "authorization");
    }
    if (authorization.type.trim().toLowerCase() === "basic") {
      fail('authorization type cannot be set to "basic", use "basic_auth" instead', "authorization");
    }
    if (basicAuth !== undefined || oauth2 !== undefined) {
      fail("at most one of basic_auth, oauth2 & authorization must be configured", "authorization");
    }
  } else if (basicAuth !== undefined && oauth2 !== undefined) {
    fail("at most one of basic_auth, oauth2 & authorization must be configured");
  }
}

function authorizationOf({ authorization, bearerToken, bearerTokenFile }: HttpConfig): Authorization | undefined {
  if (authorization !== undefined) return { ...authorization, type: authorization.type.trim() || "Bearer" };
  if (howMany(bearerToken, bearerTokenFile) === 0) return undefined;
  return { type: "Bearer", credentials: bearerToken, credentialsFile: bearerTokenFile, credentialsRef: "" };
}

const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

function checkOauth2(config: ValueOf<typeof oauth2>, fail: Fail): void {
  if (config.clientId === "") fail("oauth2 client_id must be configured", "oauth2");
  if (config.tokenUrl === "") fail("oauth2 token_url must be configured", "oauth2");
  if (config.grantType === jwtBearer) {
    if (howMany(config.clientCertificateKey, config.clientCertificateKeyFile, config.clientCertificateKeyRef) > 1) {
      fail(
        "at most one of oauth2 client_certificate_key, client_certificate_key_file & client_certificate_key_ref must be configured using grant-type=urn:ietf:params:oauth:grant-type:jwt-bearer",
        "oauth2",
      );
    }
    if (!["", "RS256", "RS384", "RS512"].includes(config.signatureAlgorithm)) {
      fail("valid signature algorithms are RS256, RS384 and RS512", "oauth2");
    }
  } else if (howMany(config.clientSecret, config.clientSecretFile, config.clientSecretRef) > 1) {
    fail(
      "at most one of oauth2 client_secret, client_secret_file & client_secret_ref must be configured using grant-type=client_credentials",
      "oauth2",
    );
  }
}

type ProxyConfig = StructOf<typeof proxyFields>;

function checkProxy<T extends ProxyConfig>(config: T, fail: Fail): T {
  const isSet = config.proxyUrl !== undefined && config.proxyUrl.reveal() !== "";
  const fromEnvironment = config.proxyFromEnvironment;
  if (Object.keys(config.proxyConnectHeader).length > 0 && !fromEnvironment && !isSet) {
    fail("if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured");
  }
  if (fromEnvironment && isSet) fail("if proxy_from_environment is configured, proxy_url must not be configured");
  if (fromEnvironment && config.noProxy !== "") {
    fail("if proxy_from_environment is configured, no_proxy must not be configured");
  }
  if (config.proxyUrl === undefined && config.noProxy !== "") {
    fail("if no_proxy is configured, proxy_url must also be configured");
  }
  return config;
}

/** Headers that change the connection, or that are set by whoever sends (common/config, ReservedHeaders). */
const reservedHeaders = new Set(
  "Authorization Host Content-Encoding Content-Length Content-Type User-Agent Connection Keep-Alive Proxy-Authenticate Proxy-Authorization Www-Authenticate Accept-Encoding X-Prometheus-Remote-Write-Version X-Prometheus-Remote-Read-Version X-Prometheus-Scrape-Timeout-Seconds X-Amz-Date X-Amz-Security-Token X-Amz-Content-Sha256".split(
    " ",
  ),
);

function checkHeaders({ httpHeaders = {} }: HttpConfig, fail: Fail): void {
  for (const name of Object.keys(httpHeaders)) {
    const canonical = canonicalHeader(name);
    if (reservedHeaders.has(canonical)) fail(`setting header "${canonical}" is not allowed`, "http_headers");
  }
}

/** A header's name as Go writes it (`textproto.CanonicalMIMEHeaderKey`): `content-TYPE` is `Content-Type`. */
export function canonicalHeader(name: string): string {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) return name;
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}
