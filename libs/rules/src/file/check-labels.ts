import type { Labels } from "../labels.ts";

/** Tells of labels that no series can have. */
export function checkLabels(labels: Labels, refuse: (message: string) => void): void {
  for (const [name, value] of Object.entries(labels)) {
    if (name === "" || !name.isWellFormed() || name === "__name__") refuse(`invalid label name: ${name}`);
    if (!value.isWellFormed()) refuse(`invalid label value: ${value}`);
  }
}
