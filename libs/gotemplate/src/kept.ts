/** What was made of texts, kept up to so many characters of them. */
export interface Kept<T> {
  /** What was made of the text before, or what is made now. What `make` throws is not kept. */
  get(text: string, make: () => T): T;
}

/** How many characters of texts are kept. What is made of one takes some 30 times as much memory. */
const maxCharacters = 2_000_000;

/** Keeps nothing at first. When there is no room left, all is forgotten. */
export function createKept<T>(): Kept<T> {
  const made = new Map<string, T>();
  let characters = 0;
  return {
    get(text, make) {
      const known = made.get(text);
      if (known !== undefined) return known;
      const fresh = make();
      if (characters + text.length > maxCharacters) {
        made.clear();
        characters = 0;
      }
      made.set(text, fresh);
      characters += text.length;
      return fresh;
    },
  };
}
