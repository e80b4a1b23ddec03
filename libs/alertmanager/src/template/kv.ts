// After KV, Pairs and Strings of Alertmanager's template/template.go (0.34, Apache-2.0).
import { func0, func1, text, texts } from "@sightline/gotemplate/func";
import {
  compareTexts,
  type Dict,
  type DictType,
  dict,
  type Func,
  type List,
  type ListType,
  list,
  type Struct,
  type StructType,
  struct,
  type Value,
} from "@sightline/gotemplate/value";
import type { Labels } from "../notification.ts";

/** What sorting and copying costs for each pair. */
const pairUnits = 60;

/** What comes before all other labels. */
const alertName = "alertname";

const stringsType: ListType = {
  name: "template.Strings",
  element: "string",
  methods: {
    Join: (self) =>
      func1(text, (separator, budget) => {
        const words = textsOf(self);
        budget.spend(words.reduce((total, word) => total + word.length + separator.length, 0));
        return words.join(separator);
      }),
  },
};

function textsOf({ items }: List): string[] {
  return items.filter((item) => typeof item === "string");
}

const pairType: StructType = { name: "template.Pair" };

const pairsType: ListType = {
  name: "template.Pairs",
  element: "template.Pair",
  print: (self) =>
    pairsOf(self)
      .map(({ fields }) => `${fields["Name"]}=${fields["Value"]}`)
      .join(", "),
  methods: {
    Names: (self) => func0(() => column(self, "Name")),
    Values: (self) => func0(() => column(self, "Value")),
    String: (self) => func0(() => pairsType.print?.(self) ?? ""),
  },
};

function pairsOf({ items }: List): Struct[] {
  return items.filter((item) => typeof item === "object" && item?.kind === "struct");
}

function column(pairs: List, field: "Name" | "Value"): List {
  return list(
    pairsOf(pairs).map(({ fields }) => fields[field] ?? ""),
    stringsType,
  );
}

const kvType: DictType = {
  name: "template.KV",
  zero: "",
  print: (self) => pairsType.print?.(sortedPairs(self)) ?? "",
  methods: {
    SortedPairs: (self) => charged(self, () => sortedPairs(self)),
    Remove: (self) =>
      func1(texts, (names, budget) => {
        budget.spend((self.entries.size + names.length) * pairUnits);
        return without(self, new Set(names));
      }),
    Names: (self) => charged(self, () => column(sortedPairs(self), "Name")),
    Values: (self) => charged(self, () => column(sortedPairs(self), "Value")),
    String: (self) => charged(self, () => kvType.print?.(self) ?? ""),
  },
};

function charged({ entries }: Dict, make: () => Value): Func {
  return func0((budget) => {
    budget.spend(entries.size * pairUnits);
    return make();
  });
}

function sortedPairs({ entries }: Dict): List {
  const rank = (name: string) => (name === alertName ? 0 : 1);
  const sorted = [...entries].sort(([a], [b]) => rank(a) - rank(b) || compareTexts(a, b));
  return list(
    sorted.map(([Name, Value]) => struct(pairType, { Name, Value })),
    pairsType,
  );
}

function without({ entries }: Dict, names: ReadonlySet<string>): Dict {
  return dict(
    [...entries].filter(([name]) => !names.has(name)),
    kvType,
  );
}

/** Labels or annotations as templates see them. */
export function kv(labels: Labels): Dict {
  return dict(Object.entries(labels), kvType);
}
