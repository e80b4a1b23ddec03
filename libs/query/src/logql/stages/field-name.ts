/** How many names are remembered; a program that logs ever new ones must not fill the memory. */
const maxRemembered = 4096;

/**
 * Field names as labels are named: what is not a letter of ASCII, a digit or `_` becomes `_`, and a digit in the first place gets one
 * before it. The same field gives the same string object, which makes comparing names cheap.
 */
export function createFieldNames(): (field: string) => string {
  const names = new Map<string, string>();
  return (field) => {
    const known = names.get(field);
    if (known !== undefined) return known;
    const name = fieldName(field);
    if (names.size < maxRemembered) names.set(field, name);
    return name;
  };
}

function fieldName(field: string): string {
  const trimmed = field.trim();
  const name = trimmed.replace(/[^a-zA-Z0-9_]/gu, "_");
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
