/** Binary heap: the smallest item first. */
export class Heap<Item> {
  readonly #items: Item[] = [];
  readonly #order: (a: Item, b: Item) => number;

  constructor(order: (a: Item, b: Item) => number) {
    this.#order = order;
  }

  peek(): Item | undefined {
    return this.#items[0];
  }

  push(item: Item): void {
    const items = this.#items;
    items.push(item);
    for (let at = items.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (this.#order(items[parent] as Item, item) <= 0) break;
      [items[parent], items[at]] = [item, items[parent] as Item];
      at = parent;
    }
  }

  pop(): Item | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return first;
    items[0] = last;
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        const item = items[child];
        if (item !== undefined && this.#order(item, items[least] as Item) < 0) least = child;
      }
      if (least === at) return first;
      [items[at], items[least]] = [items[least] as Item, items[at] as Item];
      at = least;
    }
  }
}
