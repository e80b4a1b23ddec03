/** The sum of a metric's samples that have the labels, at a service's admin address; undefined when there is none. */
export async function readMetric(
  admin: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number | undefined> {
  const answer = await fetch(`${admin}/metrics`, { signal: AbortSignal.timeout(5000) });
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  const values = (await answer.text()).split("\n").flatMap((line) => {
    const isOfName = line.startsWith(`${name}{`) || line.startsWith(`${name} `);
    return isOfName && wanted.every((label) => line.includes(label)) ? [Number(line.slice(line.lastIndexOf(" ")))] : [];
  });
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}
