import { INBOUND_KINDS, type InboundKind, type InboundSettings, type InboundSource } from "../../../api/inbound.ts";
import { mapOf, pairsOf } from "../../alerts/rule-draft.ts";

/** An inbound source while it is written. */
export interface SourceDraft {
  readonly name: string;
  readonly kind: InboundKind;
  /** What was typed; "" for nothing. */
  readonly secret: string;
  /** Whether the secret that it has is taken away. */
  readonly isSecretRemoved: boolean;
  /** As pairs, a=1. */
  readonly labels: readonly string[];
  readonly lastsHours: number;
  readonly issueLabels: readonly string[];
  /** JSON, for the kind generic. */
  readonly mapping: string;
}

const HOUR_S = 3600;

const exampleMapping = {
  items: "/checks",
  labels: { alertname: "CheckFailed", check: "{{ .name }}" },
  annotations: { summary: "{{ .name }} {{ with .reason }}({{ . }}){{ end }}" },
  status: "{{ .state }}",
  startsAt: "{{ .since }}",
};

/** A new source, or the one that is changed. */
export function draftOf(source: InboundSource | undefined): SourceDraft {
  const { name = "", kind = "alertmanager", settings } = source ?? {};
  return {
    name,
    kind: INBOUND_KINDS.find((known) => known === kind) ?? "generic",
    secret: "",
    isSecretRemoved: false,
    labels: pairsOf(settings?.labels ?? {}),
    lastsHours: (settings?.alertsLastSeconds ?? 72 * HOUR_S) / HOUR_S,
    issueLabels: settings?.issueLabels ?? [],
    mapping: JSON.stringify(settings?.mapping ?? exampleMapping, null, 2),
  };
}

/** Text as JSON, or why it is none. */
export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

/** Reads JSON that somebody writes. */
export function parseJson(text: string): ParsedJson {
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value };
  } catch (thrown) {
    return { ok: false, problem: `This is no JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}` };
  }
}

/** The settings of a draft, with what only its kind has; or why there are none yet. */
export function settingsOf(
  draft: SourceDraft,
): { readonly ok: true; readonly settings: InboundSettings } | { readonly ok: false; readonly problem: string } {
  const settings = {
    labels: mapOf(draft.labels),
    alertsLastSeconds: Math.round(draft.lastsHours * HOUR_S),
    issueLabels: draft.kind === "github" ? [...draft.issueLabels] : [],
  };
  if (draft.kind !== "generic") return { ok: true, settings };
  const mapping = parseJson(draft.mapping);
  if (!mapping.ok) return { ok: false, problem: `Mapping: ${mapping.problem}` };
  return { ok: true, settings: { ...settings, mapping: mapping.value } };
}

/** What is sent as the secret of a source that there is: undefined keeps the one that it has. */
export function secretOf({ secret, isSecretRemoved }: SourceDraft): string | undefined {
  if (isSecretRemoved) return "";
  return secret === "" ? undefined : secret;
}
