import type { Grouping } from "../ast.ts";
import { eachLabel, errorLabels } from "../stages/formats.ts";
import { getLabel, type Labels, type Line } from "../stages/line.ts";
import { labelKey } from "./series.ts";

/** How the series are named that lines belong to. */
export interface SeriesNames {
  /**
   * One text for the series of the line: other series have other texts, and a series may have several, since labels are taken in the order in
   * which the line has them.
   */
  quickKey(): string;
  labels(): Labels;
}

export interface SeriesNamesOptions {
  /** The labels that tell series apart; null: all that are not excluded. */
  readonly grouping: Grouping | null;
  readonly excluded: readonly string[];
}

/** Names by labels of the line, whatever it is filled with. What tells of an error is in a name always. */
export function createSeriesNames(line: Line, { grouping, excluded }: SeriesNamesOptions): SeriesNames {
  if (grouping !== null && !grouping.without) return namesBy(line, [...new Set(grouping.labels)].sort());
  return namesWithout(line, new Set([...excluded, ...(grouping?.labels ?? [])]));
}

function errorKey(line: Line): string {
  let key = "!";
  for (const [name, value] of errorLabels(line)) key += labelKey(name, value);
  return key;
}

function namesBy(line: Line, names: readonly string[]): SeriesNames {
  return {
    quickKey() {
      let key = "";
      for (const name of names) {
        const value = getLabel(line, name);
        key += value === undefined ? "-" : `${value.length}:${value}`;
      }
      return line.error === "" ? key : key + errorKey(line);
    },
    labels() {
      const labels: (readonly [string, string])[] = [];
      for (const name of names) {
        const value = getLabel(line, name);
        if (value !== undefined && !(line.error !== "" && name.startsWith("__error"))) labels.push([name, value]);
      }
      return ordered(line.error === "" ? labels : [...labels, ...errorLabels(line)]);
    },
  };
}

function namesWithout(line: Line, excluded: ReadonlySet<string>): SeriesNames {
  const ofStreams = new WeakMap<Labels, string>();
  const append = (key: string, name: string, value: string) => (excluded.has(name) ? key : key + labelKey(name, value));
  const streamKey = () => {
    const known = ofStreams.get(line.stream);
    if (known !== undefined) return known;
    let key = "";
    for (const [name, value] of line.stream) key = append(key, name, value);
    ofStreams.set(line.stream, key);
    return key;
  };
  return {
    quickKey() {
      // All that the stream has, and what became of it: lines that differ in this may be of one series, lines that do not are.
      let key = streamKey();
      for (const name of line.droppedNames) key += `-${name.length}:${name}`;
      for (let at = 0; at < line.metadataNames.length; at++) {
        key = append(key, line.metadataNames[at] ?? "", line.metadataValues[at] ?? "");
      }
      for (let at = 0; at < line.parsedNames.length; at++) {
        key = append(key, line.parsedNames[at] ?? "", line.parsedValues[at] ?? "");
      }
      return line.error === "" && line.errorDetails === "" ? key : key + errorKey(line);
    },
    labels: () => ordered([...eachLabel(line)].filter(([name]) => !excluded.has(name))),
  };
}

function ordered(labels: (readonly [string, string])[]): Labels {
  return new Map(labels.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
