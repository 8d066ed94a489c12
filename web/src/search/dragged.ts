// Hits on their way from the results to the query.

const TYPE = "application/x-lookalike-item";

export function dragItem({ dataTransfer }: DragEvent, id: number): void {
  dataTransfer?.setData(TYPE, String(id));
}

/** Whether a hit is held; what it is, is told when it is let go. */
export function holdsItem({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes(TYPE) ?? false;
}

export function itemOf({ dataTransfer }: DragEvent): number | null {
  const text = dataTransfer?.getData(TYPE);
  return text ? Number(text) : null;
}
