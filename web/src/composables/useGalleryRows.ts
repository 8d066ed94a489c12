// The rows of a gallery that are in sight: as many square tiles beside each other as there is room for.
import { computed, type Ref } from "vue";
import type { GridProps } from "./useGrid";
import { useVirtualRows } from "./useVirtualRows";

const GAP = 12;
/** Tiles are at least so wide: three beside each other on a phone, six or more on a desk. */
const NARROW = 104;
const WIDE = 150;
/** Two lines of small text and the room below them, in rem and px: see ImageTile. */
const CAPTION_REM = 2 * 0.8125 * 1.5;
const BELOW = 18;

function columnsOf(width: number): number {
  const least = width < 600 ? NARROW : WIDE;
  return Math.max(1, Math.floor((width + GAP) / (least + GAP)));
}

export function useGalleryRows(
  root: Readonly<Ref<HTMLElement | null>>,
  props: Pick<GridProps, "total" | "list" | "selection">,
) {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);

  const { width, start, end, height, top, rowHeight, show } = useVirtualRows(root, (across) => {
    const columns = columnsOf(across);
    const tile = (across - GAP * (columns - 1)) / columns;
    return {
      rows: Math.ceil(props.total / columns),
      columns,
      rowHeight: Math.max(1, Math.round(tile + CAPTION_REM * rem + BELOW)),
      head: 0,
    };
  });
  const columns = computed(() => columnsOf(width.value));
  const rows = computed(() => {
    const shown = Array.from({ length: end.value - start.value }, (_, step) => start.value + step);
    return shown.map((row) => {
      const first = row * columns.value;
      const length = Math.max(0, Math.min(columns.value, props.total - first));
      const cells = Array.from({ length }, (_, column) => {
        const item = props.list.itemAt(first + column);
        return { index: first + column, item, selected: !!item && props.selection.has(item.id) };
      });
      return { row, cells };
    });
  });
  return { rows, columns, start, end, height, top, rowHeight, show };
}
