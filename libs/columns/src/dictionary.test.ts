import assert from "node:assert/strict";
import { test } from "node:test";
import { type Dictionary, find, findAfter, intern, MISSING, newDictionary, resetDictionary } from "./dictionary.ts";

function bytesOf(text: string): [DataView, number, number] {
  // With neighbours, so that reading past the string shows.
  const bytes = Buffer.from(`<${text}>`);
  return [new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 1, bytes.length - 1];
}

function number(dictionary: Dictionary, text: string): number {
  return intern(dictionary, ...bytesOf(text));
}

function strings(dictionary: Dictionary): string[] {
  return Array.from({ length: dictionary.count }, (_, i) => {
    const [start = 0, size = 0] = dictionary.entries.subarray(i * 2, i * 2 + 2);
    return Buffer.from(dictionary.keys.bytes.subarray(start, start + size)).toString();
  });
}

test("a string has one number, whatever its length", () => {
  const dictionary = newDictionary();
  const letters = [..."abcdefghijklmnopqrstuvwxyzäöü€𝄞0123456789"];
  const texts = letters.map((_, size) => letters.slice(0, size).join(""));
  const numbers = texts.map((text) => number(dictionary, text));
  assert.deepEqual(
    numbers,
    texts.map((_, i) => i),
  );
  assert.deepEqual(
    texts.map((text) => number(dictionary, text)),
    numbers,
  );
  assert.deepEqual(strings(dictionary), texts);
});

test("strings that differ in one byte only are told apart", () => {
  const dictionary = newDictionary();
  for (let size = 1; size < 40; size++) {
    for (let at = 0; at < size; at++) {
      const text = `${"x".repeat(at)}y${"x".repeat(size - at - 1)}`;
      assert.equal(number(dictionary, text), number(dictionary, text), text);
    }
  }
  assert.equal(new Set(strings(dictionary)).size, dictionary.count);
});

test("many strings grow it and keep their numbers", () => {
  const dictionary = newDictionary();
  const texts = Array.from({ length: 10_000 }, (_, i) => `service-${i}.example`);
  for (const [i, text] of texts.entries()) assert.equal(number(dictionary, text), i);
  for (const [i, text] of texts.entries()) assert.equal(number(dictionary, text), i);
});

test("strings that find no slot cost duplicates, not time", () => {
  const dictionary = newDictionary();
  const texts = Array.from({ length: 200 }, (_, i) => `key ${i}`);
  // As if all strings collided: no slot is ever free.
  for (const text of texts) {
    number(dictionary, text);
    dictionary.slots.fill(1);
  }
  for (const text of texts) {
    const at = number(dictionary, text);
    assert.equal(strings(dictionary)[at], text);
  }
  assert.ok(dictionary.count > texts.length);
});

test("find answers MISSING for what is not there, and nothing is left after a reset", () => {
  const dictionary = newDictionary();
  assert.equal(find(dictionary, ...bytesOf("a key")), MISSING);
  assert.equal(findAfter(dictionary, MISSING, ...bytesOf("")), MISSING);
  number(dictionary, "a key");
  assert.equal(find(dictionary, ...bytesOf("a key")), 0);
  resetDictionary(dictionary);
  assert.equal(find(dictionary, ...bytesOf("a key")), MISSING);
  assert.equal(findAfter(dictionary, MISSING, ...bytesOf("a key")), MISSING);
});

test("findAfter answers as find does, in the usual order and in any other", () => {
  const dictionary = newDictionary();
  const usual = ["method", "route", "status", "method", "k"];
  for (const text of usual) number(dictionary, text);
  for (const order of [usual, usual, [...usual].reverse(), usual]) {
    let previous = MISSING;
    for (const text of order) {
      previous = findAfter(dictionary, previous, ...bytesOf(text));
      assert.equal(previous, number(dictionary, text));
    }
  }
});
