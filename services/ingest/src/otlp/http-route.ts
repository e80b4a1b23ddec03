import type { Route } from "../http/door.ts";
import type { ReceiveOtlp } from "./receive.ts";
import type { OtlpSignal } from "./signals.ts";

/** `POST /v1/traces`, `/v1/metrics`, `/v1/logs` (OTLP/HTTP). */
export function otlpRoute(kind: OtlpSignal, receive: ReceiveOtlp): Route {
  return {
    protocol: "otlp-http",
    encodings: ["protobuf", "json"],
    handle: async ({ principal, encoding, body }) => {
      const request = encoding === "json" ? kind.fromJson(body) : body;
      const refused = await receive(kind, { tenant: principal.tenant, protocol: "otlp-http", body: request });
      return {
        status: 200,
        encoding,
        body: encoding === "json" ? kind.jsonResponse(refused) : kind.protobufResponse(refused),
      };
    },
  };
}
