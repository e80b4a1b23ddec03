import { splitLine } from "./split-line.ts";

/** What lines that are alike have in common. The same object for all of them, while it becomes more general. */
export interface LinePattern {
  /** As `|>` takes it: it matches each of its lines, `<_>` standing for what differs. */
  text(): string;
  /** Whether nothing is left that its lines have in common. */
  isAnything(): boolean;
}

/** How many patterns there may be. */
export interface PatternLimits {
  /** Lines beyond have no pattern. */
  readonly maxPatterns: number;
  /** Of lines with the same separators; beyond, a line is taken to be what it is most like. */
  readonly maxAlike: number;
}

interface Cluster extends LinePattern {
  readonly words: (string | null)[];
}

/** The least share of words that a line has in common with its pattern. */
const LEAST_ALIKE = 0.5;

/**
 * Finds patterns in lines one after the other, as Drain does (He et al., "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS
 * 2017): lines are compared with those that have as many words, word by word. Here they must also have the same characters between
 * their words, which keeps `key=value` apart from prose, and words with digits differ always. Null for a line that is too long or comes
 * when there are as many patterns as may be.
 */
export function createPatternFinder({ maxPatterns, maxAlike }: PatternLimits): (line: string) => LinePattern | null {
  const byShape = new Map<string, Cluster[]>();
  let count = 0;
  return (line) => {
    const split = splitLine(line);
    if (split === null) return null;
    const { words, separators } = split;
    const shape = `${words.length} ${separators.join("\0")}`;
    const there = byShape.get(shape) ?? [];
    const { best, alike } = mostAlike(there, words);
    const isFull = there.length >= maxAlike;
    if (best !== undefined && (isFull || alike >= LEAST_ALIKE * words.length)) {
      generalize(best.words, words);
      return best;
    }
    if (count >= maxPatterns) return null;
    const cluster = createCluster([...words], separators);
    there.push(cluster);
    byShape.set(shape, there);
    count += 1;
    return cluster;
  };
}

function mostAlike(clusters: readonly Cluster[], words: readonly (string | null)[]) {
  let best: Cluster | undefined;
  let alike = -1;
  for (const cluster of clusters) {
    let same = 0;
    for (let at = 0; at < words.length; at++) if (cluster.words[at] === words[at]) same += 1;
    if (same > alike) {
      best = cluster;
      alike = same;
    }
  }
  return { best, alike };
}

/** What differs becomes anything. */
function generalize(known: (string | null)[], words: readonly (string | null)[]): void {
  for (let at = 0; at < known.length; at++) if (known[at] !== words[at]) known[at] = null;
}

/** @param separators what stands before each word, and behind the last one */
function createCluster(words: (string | null)[], separators: readonly string[]): Cluster {
  return {
    words,
    text: () => separators.map((between, at) => between + (at < words.length ? (words[at] ?? "<_>") : "")).join(""),
    isAnything: () => words.every((word) => word === null),
  };
}
