/** What a value of JSON is made of: the kinds of what stands at each place. All items of a list are at one place. */
export type JsonShape = ReadonlyMap<string, ReadonlySet<string>>;

/** Maps whose keys are data: all their values are at one place. */
const OPEN = new Set(["labels", "annotations", "discoveredLabels", "target", "droppedTargetCounts"]);

/**
 * The shape of a value. Texts that are times or numbers are told from others.
 *
 * @param isOpen whether the value itself is a map whose keys are data
 */
export function jsonShape(value: unknown, isOpen = false): JsonShape {
  const shape = new Map<string, Set<string>>();
  const visit = (at: string, found: unknown, open: boolean): void => {
    const kinds = shape.get(at) ?? new Set();
    shape.set(at, kinds.add(kindOf(found)));
    if (Array.isArray(found)) for (const item of found) visit(`${at}[]`, item, false);
    else if (typeof found === "object" && found !== null) {
      for (const [key, item] of Object.entries(found)) {
        if (open) visit(`${at}.*`, typeof item === "string" ? "any" : item, false);
        else visit(`${at}.${key}`, item, OPEN.has(key));
      }
    }
  };
  visit("", value, isOpen);
  return shape;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  if (typeof value !== "string") return typeof value;
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/.test(value)) return "time";
  return /^[+-]?\d+(?:\.\d+)?e[+-]\d{2}$/.test(value) ? "number with an exponent" : "text";
}

/** What one shape has and another one has not, in words. */
export function missingFrom(shape: JsonShape, wanted: JsonShape): readonly string[] {
  return [...wanted].flatMap(([at, kinds]) => {
    const got = shape.get(at);
    const missing = [...kinds].filter((kind) => got?.has(kind) !== true);
    return missing.map((kind) => `${at}: want ${kind}, got ${[...(got ?? ["nothing"])].join(" and ")}`);
  });
}
