import type { GrpcServer } from "@sightline/rpc/server";
import { type GrpcDoor, rawMethod } from "../grpc/door.ts";
import type { ReceiveOtlp } from "./receive.ts";
import { OTLP_SIGNALS } from "./signals.ts";

/** Adds the three Export services of OTLP to a gRPC server. */
export function addOtlpServices(server: GrpcServer, door: GrpcDoor, receive: ReceiveOtlp): void {
  for (const kind of OTLP_SIGNALS) {
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
}
