import type { Principal } from "@sightline/auth/verify-key";
import type { Clock } from "@sightline/model/time";
import type { Deps } from "@sightline/service/deps";
import type { ByteBudget } from "../admission/byte-budget.ts";
import type { Config } from "../config.ts";
import type { GrpcDoor, GrpcMethods } from "../grpc/door.ts";
import type { Route } from "../http/route.ts";
import type { TenantGate } from "../limits/tenant-gate.ts";
import type { IngestMetrics } from "../metrics.ts";
import type { ReceiveEvents } from "../receive/receive-events.ts";
import type { ReceiveLogs } from "../receive/receive-logs.ts";
import type { ReceiveOtlp } from "../receive/receive-otlp.ts";

/** What a door is made of. */
export interface DoorDeps {
  readonly config: Config;
  /** The ways to the bus; what has gone through is stored. */
  readonly receiveOtlp: ReceiveOtlp;
  readonly receiveLogs: ReceiveLogs;
  readonly receiveEvents: ReceiveEvents;
  readonly metrics: IngestMetrics;
  readonly clock: Clock;
  /** Whether what is sent now would be stored: for protocols that have a question for it. */
  readonly isReady: () => boolean;
}

/** A protocol that records come in by: its HTTP routes, its gRPC methods, or a listener of its own. */
export interface Door {
  /** Served on the common HTTP port. */
  readonly routes?: readonly Route[];
  /** Where clients of the protocol look for the same routes by habit. */
  readonly port?: { readonly name: string; readonly port: number | "off" };
  addMethods?(server: GrpcMethods, door: GrpcDoor): void;
  /** Listens in its own way; what it acquires goes on the lifecycle. */
  listen?(listening: Listening): Promise<void>;
}

/** What a door with a listener of its own needs to do what the HTTP and gRPC doors do for the others. */
export interface Listening {
  readonly host: string;
  readonly authenticate: (key: string | undefined) => Promise<Principal>;
  readonly budget: ByteBudget;
  readonly gate: TenantGate;
  readonly deps: Deps;
}
