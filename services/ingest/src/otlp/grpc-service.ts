import type { GrpcServer } from "@sightline/rpc/server";
import { type GrpcDoor, rawMethod } from "../grpc/door.ts";
import type { ReceiveOtlp } from "./receive.ts";
import type { OtlpSignal } from "./signals.ts";

export interface OtlpServiceOptions {
  readonly door: GrpcDoor;
  readonly receive: ReceiveOtlp;
}

/** Adds a signal's Export service of OTLP to a gRPC server. */
export function addOtlpService(server: GrpcServer, kind: OtlpSignal, { door, receive }: OtlpServiceOptions): void {
  server.addService(
    { export: rawMethod(kind.grpcPath) },
    {
      export: door("otlp-grpc", async ({ principal, body, signal }) => {
        const refused = await receive(kind, { tenant: principal.tenant, protocol: "otlp-grpc", body, signal });
        return kind.protobufResponse(refused);
      }),
    },
  );
}
