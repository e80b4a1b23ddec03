import type { FieldName, Scope } from "./ast.ts";
import type { Intrinsic } from "./intrinsic.ts";

/** The intrinsics that are worked out, of the trace's spans or (`parent`) of another column; all others are columns. */
const DERIVED = [
  "parent",
  "rootName",
  "rootServiceName",
  "traceDuration",
  "nestedSetLeft",
  "nestedSetRight",
  "nestedSetParent",
  "span:childCount",
] as const;
export type DerivedIntrinsic = (typeof DERIVED)[number];
export type StoredIntrinsic = Exclude<Intrinsic, DerivedIntrinsic>;

/** What is kept of each span, and can be asked of the database as one column. `start` is when it began. */
export type StoredField =
  | { readonly type: "attribute"; readonly scope: Scope; readonly name: string }
  | { readonly type: "intrinsic"; readonly intrinsic: StoredIntrinsic }
  | { readonly type: "start" };

export const SPAN_ID: StoredField = { type: "intrinsic", intrinsic: "span:id" };
export const PARENT_ID: StoredField = { type: "intrinsic", intrinsic: "span:parentID" };
export const SPAN_KIND: StoredField = { type: "intrinsic", intrinsic: "kind" };
export const SPAN_NAME: StoredField = { type: "intrinsic", intrinsic: "name" };
export const DURATION: StoredField = { type: "intrinsic", intrinsic: "duration" };
export const SERVICE_NAME: StoredField = { type: "attribute", scope: "resource", name: "service.name" };
export const START: StoredField = { type: "start" };

/** What a span's place in its trace is worked out of. */
export const TREE_FIELDS: readonly StoredField[] = [SPAN_ID, PARENT_ID, SPAN_KIND];

export function isDerived(intrinsic: Intrinsic): intrinsic is DerivedIntrinsic {
  const derived: readonly string[] = DERIVED;
  return derived.includes(intrinsic);
}

/** The column that a field is; null for what is worked out of the whole trace, the parent's attributes among it. */
export function storedFieldOf(field: FieldName): StoredField | null {
  if (field.type === "attribute") {
    return field.ofParent ? null : { type: "attribute", scope: field.scope, name: field.name };
  }
  const { intrinsic } = field;
  return isDerived(intrinsic) ? null : { type: "intrinsic", intrinsic };
}

/** The columns that a field is worked out of. */
export function columnsOf(field: FieldName): readonly StoredField[] {
  const stored = storedFieldOf(field);
  if (stored !== null) return [stored];
  if (field.type === "attribute") return [...TREE_FIELDS, { type: "attribute", scope: field.scope, name: field.name }];
  switch (field.intrinsic) {
    case "parent":
      return [PARENT_ID];
    case "rootName":
      return [PARENT_ID, SPAN_NAME];
    case "rootServiceName":
      return [PARENT_ID, SERVICE_NAME];
    case "traceDuration":
      return [START, DURATION];
    default:
      return TREE_FIELDS;
  }
}

/** Whether a field is a text for certain: an attribute's may also be a number, an array and so on, written as one. */
export function isPlainText(field: StoredField): boolean {
  return field.type === "intrinsic" || columnKey(field) === columnKey(SERVICE_NAME);
}

/** Whether a field is known only when all spans of the trace are there. */
export function needsWholeTrace(field: FieldName): boolean {
  if (field.type === "attribute") return field.ofParent;
  return isDerived(field.intrinsic) && field.intrinsic !== "parent";
}

/** What tells columns apart. */
export function columnKey(field: StoredField): string {
  switch (field.type) {
    case "attribute":
      return `${field.scope}.${field.name}`;
    case "intrinsic":
      return `:${field.intrinsic}`;
    case "start":
      return ":start";
  }
}
