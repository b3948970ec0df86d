import { isScalar, type LineCounter, type Node, type YAMLMap } from 'yaml';

/** A YAML value with the line where it stands. */
export interface Placed {
  readonly map: YAMLMap;
  line(key?: string): number;
}

export function placed(map: YAMLMap, counter: LineCounter): Placed {
  const lineOf = (node: unknown): number => counter.linePos((node as Node | undefined)?.range?.[0] ?? 0).line;
  return {
    map,
    line(key) {
      const pair =
        key === undefined
          ? undefined
          : map.items.find((item) => isScalar(item.key) && item.key.value === key);
      return lineOf(pair?.key ?? map);
    },
  };
}

/** The plain value at a path of keys; undefined when there is none. */
export function scalarAt(map: YAMLMap, ...path: readonly string[]): unknown {
  const node = map.getIn(path, true);
  return isScalar(node) ? node.value : undefined;
}
