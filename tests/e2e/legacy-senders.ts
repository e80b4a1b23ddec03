import { createSocket } from "node:dgram";
import jaeger from "jaeger-client";

export interface JaegerSender {
  /** Of Jaeger's collector. */
  readonly port: number;
  readonly apiKey: string;
  readonly service: string;
}

/** Sends a server span with Jaeger's own client for Node, as a program from before OpenTelemetry would; returns its trace's id. */
export async function sendByJaeger({ port, apiKey, service }: JaegerSender): Promise<string> {
  const endpoint = `http://127.0.0.1:${port}/api/traces`;
  const tracer = jaeger.initTracer(
    {
      serviceName: service,
      traceId128bit: true,
      sampler: { type: "const", param: 1 },
      reporter: { collectorEndpoint: endpoint, username: "e2e", password: apiKey },
    },
    {},
  );
  const span = tracer.startSpan("GET /legacy", { tags: { [jaeger.opentracing.Tags.SPAN_KIND]: "server" } });
  span.finish();
  await new Promise<void>((resolve) => tracer.close(resolve));
  return span.context().toTraceId();
}

/** Sends one message of syslog over UDP. */
export async function sendBySyslog(port: number, message: string): Promise<void> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve, reject) => {
    socket.send(message, port, "127.0.0.1", (error) => (error === null ? resolve() : reject(error)));
  });
  socket.close();
}
