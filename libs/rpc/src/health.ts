import { type ServerUnaryCall, type ServerWritableStream, type sendUnaryData, status } from "@grpc/grpc-js";
import {
  type HealthCheckRequest,
  type HealthCheckResponse,
  type HealthServer,
  HealthCheckResponse_ServingStatus as ServingStatus,
} from "@sightline/proto/grpc/health/v1/health";

type Watcher = ServerWritableStream<HealthCheckRequest, HealthCheckResponse>;

/** More watchers than this are refused. */
const MAX_WATCHERS = 100;

export interface Health {
  readonly service: HealthServer;
  /** Makes a service known. */
  add(service: string): void;
  /** How a service is; undefined when it is not known. */
  check(service: string): Promise<HealthCheckResponse["status"] | undefined>;
  /** From now on calls are answered. */
  start(): void;
  /** From now on they are not: tells the watchers and ends the watches, which would hold up a graceful stop. */
  stop(): void;
}

/**
 * The standard health service (grpc.health.v1). A service is serving between start and stop as long as `isReady`, where
 * there is one, says so; watchers are told of start and stop.
 */
export function createHealth(isReady?: () => Promise<boolean>): Health {
  const services = new Set([""]);
  const watchers = new Set<Watcher>();
  let serving = false;

  async function statusOf(service: string): Promise<HealthCheckResponse> {
    const now = services.has(service)
      ? serving && (isReady === undefined || (await isReady()))
        ? ServingStatus.SERVING
        : ServingStatus.NOT_SERVING
      : ServingStatus.SERVICE_UNKNOWN;
    return { status: now };
  }

  function tell(watcher: Watcher): void {
    statusOf(watcher.request.service).then(
      (response) => watcher.write(response),
      () => watcher.write({ status: ServingStatus.NOT_SERVING }),
    );
  }

  const check = (
    call: ServerUnaryCall<HealthCheckRequest, HealthCheckResponse>,
    callback: sendUnaryData<HealthCheckResponse>,
  ) => {
    const { service } = call.request;
    if (!services.has(service)) {
      callback({ code: status.NOT_FOUND, details: `cannot tell the health of ${service}: no such service here` });
      return;
    }
    statusOf(service).then(
      (response) => callback(null, response),
      () => callback(null, { status: ServingStatus.NOT_SERVING }),
    );
  };

  const watch = (call: Watcher) => {
    if (watchers.size >= MAX_WATCHERS) {
      call.emit("error", { code: status.RESOURCE_EXHAUSTED, details: `more than ${MAX_WATCHERS} health watchers` });
      return;
    }
    watchers.add(call);
    call.on("cancelled", () => {
      watchers.delete(call);
      call.end();
    });
    tell(call);
  };

  return {
    service: { check, watch },
    add: (service) => void services.add(service),
    check: async (service) => {
      if (!services.has(service)) return undefined;
      return await statusOf(service).then(
        ({ status: now }) => now,
        () => ServingStatus.NOT_SERVING,
      );
    },
    start() {
      serving = true;
    },
    stop() {
      serving = false;
      for (const watcher of watchers) {
        watcher.write({ status: ServingStatus.NOT_SERVING });
        watcher.end();
      }
      watchers.clear();
    },
  };
}
