import { AppError, invalid } from "@sightline/errors/app-error";
import { nanosOfMs } from "@sightline/model/time";
import {
  type Target as ProtoTarget,
  TargetKind as ProtoTargetKind,
  TargetHealth,
} from "@sightline/proto/sightline/collector/v1/target_service";
import { internalUnary } from "@sightline/rpc/handlers";
import { checkTarget, type Target, type TargetKind } from "./target.ts";
import type { KnownTarget, TargetCatalog } from "./target-catalog.ts";
import type { TargetStatus } from "./target-status.ts";

export interface TargetServiceOptions {
  readonly internalToken: string;
  /** Whose targets these are; its key is the one that everything is sent with. */
  readonly tenant: string;
  readonly catalog: TargetCatalog;
  readonly statusOf: (name: string) => TargetStatus | undefined;
}

/** The handlers of sightline.collector.v1.TargetService. */
export function createTargetService({ internalToken, tenant, catalog, statusOf }: TargetServiceOptions) {
  const internal = internalUnary(internalToken);

  function assertOurs(caller: string): void {
    if (caller === tenant) return;
    throw new AppError("failed_precondition", `cannot change targets of ${caller}: this collector works for ${tenant}`);
  }

  return {
    listTargets: internal(async (_request: object, context) => ({
      targets: context.tenant === tenant ? catalog.known().map((known) => toProto(known, statusOf)) : [],
    })),
    putTarget: internal(async ({ target }: { target?: ProtoTarget | undefined }, context) => {
      assertOurs(context.tenant);
      const checked = fromProto(target);
      await catalog.put(checked);
      return { target: toProto({ target: checked, configured: false }, statusOf) };
    }),
    deleteTarget: internal(async ({ name }: { name: string }, context) => {
      assertOurs(context.tenant);
      await catalog.remove(name);
      return {};
    }),
  };
}

const PROTO_KIND = {
  http: ProtoTargetKind.HTTP,
  tcp: ProtoTargetKind.TCP,
  scrape: ProtoTargetKind.SCRAPE,
} as const satisfies Record<TargetKind, ProtoTargetKind>;

function kindFromProto(kind: ProtoTargetKind): TargetKind {
  if (kind === ProtoTargetKind.HTTP) return "http";
  if (kind === ProtoTargetKind.TCP) return "tcp";
  if (kind === ProtoTargetKind.SCRAPE) return "scrape";
  throw invalid(`cannot use the target: kind: got ${kind}, want http, tcp or scrape`);
}

function fromProto(target: ProtoTarget | undefined): Target {
  if (target === undefined) throw invalid("cannot put a target: got none");
  return checkTarget({ ...target, kind: kindFromProto(target.kind) });
}

function toProto({ target, configured }: KnownTarget, statusOf: TargetServiceOptions["statusOf"]): ProtoTarget {
  const status = statusOf(target.name);
  return {
    ...target,
    kind: PROTO_KIND[target.kind],
    labels: { ...target.labels },
    readOnly: configured,
    status: {
      health: status === undefined ? TargetHealth.UNSPECIFIED : status.up ? TargetHealth.UP : TargetHealth.DOWN,
      lastVisitUnixNano: nanosOfMs(status?.lastVisitMs ?? 0),
      lastDurationMs: status?.lastDurationMs ?? 0,
      lastError: status?.lastError ?? "",
      sinceUnixNano: nanosOfMs(status?.sinceMs ?? 0),
    },
  };
}
