import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
  type StatusObject,
} from "@grpc/grpc-js";

/** Decides from a call's metadata whether it may be served; throws an AppError to refuse it. */
export type Admit = (metadata: Metadata, path: string) => Promise<void>;

/** Probes are always let in. */
const HEALTH = "/grpc.health.v1.Health/";

/**
 * Refuses calls before their requests are read: a caller without a key cannot make the server hold what it sends.
 *
 * @param statusOf what a thrown value is to the caller
 */
export function admission(admit: Admit, statusOf: (thrown: unknown) => StatusObject): ServerInterceptor {
  return ({ path }, call) =>
    new ServerInterceptingCall(call, {
      start: (next) => {
        if (path.startsWith(HEALTH)) return next();
        const listener = new ServerListenerBuilder().withOnReceiveMetadata((metadata, proceed) => {
          // Until the metadata is passed on, grpc-js leaves the request in the socket.
          admit(metadata, path).then(
            () => proceed(metadata),
            (thrown: unknown) => call.sendStatus(statusOf(thrown)),
          );
        });
        next(listener.build());
      },
    });
}
