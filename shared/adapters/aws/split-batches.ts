export type BatchLimits<Item> = {
  readonly most: number;
  readonly bytes: number;
  readonly sizeOf: (item: Item) => number;
};

/** Items in their order, in as few batches as are within the limits. What is too large by itself goes alone. */
export function splitBatches<Item>(
  items: readonly Item[],
  { most, bytes, sizeOf }: BatchLimits<Item>,
): readonly (readonly Item[])[] {
  const batches: Item[][] = [];
  let room = 0;
  for (const item of items) {
    const size = sizeOf(item);
    const last = batches.at(-1);
    const fits = last !== undefined && last.length < most && size <= room;
    if (fits) last.push(item);
    else batches.push([item]);
    room = (fits ? room : bytes) - size;
  }
  return batches;
}
