import { forEachReference, forEachTag, type Span, type Tag } from "./batch.ts";

/** What OTLP has fields for and Jaeger says in tags and references. */
export interface Meaning {
  readonly scope: Scope;
  /** opentelemetry.proto.trace.v1.Span.SpanKind */
  readonly kind: number;
  /** opentelemetry.proto.trace.v1.Status; undefined when nothing is said of it. */
  readonly status: { readonly code: number; readonly message: string } | undefined;
  readonly traceState: string;
  /** 0 of a root. */
  readonly parentSpanId: bigint;
  /** Keys of tags that are said by this, and no longer by attributes. */
  readonly said: ReadonlySet<string>;
}

export interface Scope {
  readonly name: string;
  readonly version: string;
}

const KINDS: Readonly<Record<string, number>> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };
const STATUS_CODES: Readonly<Record<string, number>> = { OK: 1, ERROR: 2 };

const telling = new Set([
  ...["span.kind", "error", "otel.status_code", "otel.status_description", "w3c.tracestate"],
  // The names of scopes before and since OpenTelemetry 1.x renamed them.
  ...["otel.scope.name", "otel.scope.version", "otel.library.name", "otel.library.version"],
]);

/** What a span's tags and references mean. */
export function meaningOf(bytes: Buffer, span: Span): Meaning {
  const tags = new Map<string, Tag>();
  forEachTag(bytes, span.tags, (tag) => {
    if (telling.has(tag.key)) tags.set(tag.key, tag);
  });
  const said = new Set<string>();
  const say = (...keys: readonly string[]): string => {
    const key = keys.find((candidate) => tags.has(candidate));
    if (key === undefined) return "";
    said.add(key);
    return textOf(tags.get(key));
  };
  return {
    scope: {
      name: say("otel.scope.name", "otel.library.name"),
      version: say("otel.scope.version", "otel.library.version"),
    },
    kind: kindOf(tags.get("span.kind"), said),
    status: statusOf(tags, say),
    traceState: say("w3c.tracestate"),
    parentSpanId: span.parentSpanId === 0n ? parentOf(bytes, span) : span.parentSpanId,
    said,
  };
}

function textOf(tag: Tag | undefined): string {
  return tag?.kind === "string" ? tag.value.toString("utf8") : "";
}

/** A kind that is not known stays a tag. */
function kindOf(tag: Tag | undefined, said: Set<string>): number {
  const kind = KINDS[textOf(tag)];
  if (kind === undefined) return 0;
  said.add("span.kind");
  return kind;
}

/** A tag `error` that is true outweighs whatever `otel.status_code` says. */
function statusOf(tags: ReadonlyMap<string, Tag>, say: (key: string) => string): Meaning["status"] {
  const error = tags.get("error");
  const failed = error?.kind === "bool" ? error.value : textOf(error) === "true";
  const code = STATUS_CODES[say("otel.status_code").toUpperCase()];
  if (failed) say("error");
  if (!failed && code === undefined) return undefined;
  return { code: failed ? 2 : (code ?? 0), message: say("otel.status_description") };
}

/** Without a parent of its own, a span's is what it refers to in the same trace: a child's before a follower's. */
function parentOf(bytes: Buffer, span: Span): bigint {
  let parent = 0n;
  let preceding = 0n;
  forEachReference(bytes, span.references, ({ kind, traceIdHigh, traceIdLow, spanId }) => {
    if (traceIdHigh !== span.traceIdHigh || traceIdLow !== span.traceIdLow) return;
    if (kind === "child of" && parent === 0n) parent = spanId;
    if (kind === "follows from" && preceding === 0n) preceding = spanId;
  });
  return parent === 0n ? preceding : parent;
}
