/** How many names are remembered; a program that logs ever new ones must not fill the memory. */
const maxRemembered = 4096;

/** The name of a field as a label, and those of the fields inside of it. */
export interface FieldName {
  readonly name: string;
  /** How many fields it is in, itself included. */
  readonly depth: number;
  readonly inner: Map<string, FieldName>;
}

/**
 * Field names as labels are named: what is not a letter of ASCII, a digit or `_` becomes `_`, and a digit in the first place gets one
 * before it; what is inside of a field has its name before its own. The same field gives the same string object, which makes
 * comparing names cheap.
 */
export function createFieldNames(): (field: string, outer?: FieldName | null) => FieldName {
  const top: FieldName = { name: "", depth: 0, inner: new Map() };
  let count = 0;
  return (field, outer) => {
    const { inner, depth, name: before } = outer ?? top;
    const known = inner.get(field);
    if (known !== undefined) return known;
    const name = { name: fieldName(field, before), depth: depth + 1, inner: new Map<string, FieldName>() };
    if (count++ < maxRemembered) inner.set(field, name);
    return name;
  };
}

function fieldName(field: string, outer: string): string {
  const name = field.trim().replace(/[^a-zA-Z0-9_]/gu, "_");
  if (outer !== "") return `${outer}_${name}`;
  return /^\d/.test(name) ? `_${name}` : name;
}

/** Whether a label may have that name. */
export function isLabelName(name: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
}

/** A value as a label may have it: what was no UTF-8 becomes spaces. */
export function cleanValue(value: string): string {
  return value.includes("\ufffd") ? value.replaceAll("\ufffd", " ") : value;
}
