/** A series' labels in the notation of Prometheus: `up{job="api"}`. */
export function labelsText({ __name__: name = "", ...rest }: Readonly<Record<string, string>>): string {
  const texts = Object.entries(rest).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return texts.length === 0 && name !== "" ? name : `${name}{${texts.join(", ")}}`;
}
