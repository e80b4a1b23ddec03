/** The name of the label that a metric's name is. */
export const metricNameLabel = "__name__";

/** Whether a label can have this name: any text that is right UTF-8 and not empty. */
export function isLabelName(name: string): boolean {
  return name !== "" && name.isWellFormed();
}

/** Whether a name can be written without quotes. */
export function isPlainLabelName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
