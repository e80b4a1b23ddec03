/** A log record as a program writes it, and what is found of it. */
export interface LogShape {
  readonly line: object;
  readonly found: {
    readonly serviceName: string;
    readonly severityNumber: number;
    readonly traceId: string;
    readonly attributes: Readonly<Record<string, string>>;
    /** Of the resource, besides the service's name. */
    readonly environment: string | undefined;
  };
}

/** Records in JSON of two shapes, flat and nested; their messages in the order of the alphabet. */
export const LOG_SHAPES: readonly LogShape[] = [
  {
    line: {
      ...{ level: "error", service: "e2e-flat", trace_id: "a1b2c3d4e5f6" },
      ...{ user_id: "u-1", duration_ms: 123, message: "shape one" },
    },
    found: {
      serviceName: "e2e-flat",
      severityNumber: 17,
      traceId: "00000000000000000000a1b2c3d4e5f6",
      attributes: { trace_id: "a1b2c3d4e5f6", user_id: "u-1", duration_ms: "123" },
      environment: undefined,
    },
  },
  {
    line: {
      ...{ level: "info", message: "shape two", category: "audit", component: "backend" },
      context: { user_id: "u-2" },
      labels: { service: "e2e-nested", environment: "production" },
      metadata: { duration_ms: 45 },
    },
    found: {
      serviceName: "e2e-nested",
      severityNumber: 9,
      traceId: "",
      attributes: {
        ...{ category: "audit", component: "backend" },
        ...{ "context.user_id": "u-2", "metadata.duration_ms": "45" },
      },
      environment: "production",
    },
  },
];
