// Arrows among the tiles of the result rows: left and right in a row, up and down between rows.
import type { Ref } from "vue";

export function useTileKeys(list: Ref<HTMLElement | undefined>) {
  const rows = () => [...(list.value?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
  const tilesOf = (row: Element | undefined | null) => [
    ...(row?.querySelectorAll<HTMLElement>("[data-item]") ?? []),
  ];
  const focused = () => {
    const tile = document.activeElement?.closest<HTMLElement>("[data-item]");
    return tile && list.value?.contains(tile) ? tile : null;
  };

  function move(key: string): boolean {
    const tile = focused();
    if (!tile) return focus(tilesOf(rows()[0])[0]);
    const row = tile.closest("[data-row]");
    const tiles = tilesOf(row);
    const column = tiles.indexOf(tile);
    if (key === "ArrowLeft") return focus(tiles[column - 1]);
    if (key === "ArrowRight") return focus(tiles[column + 1]);
    const all = rows();
    const next = tilesOf(all[all.indexOf(row as HTMLElement) + (key === "ArrowDown" ? 1 : -1)]);
    return focus(next[Math.min(column, next.length - 1)]);
  }

  function focus(tile: HTMLElement | undefined): boolean {
    tile?.focus();
    tile?.scrollIntoView({ block: "nearest" });
    return Boolean(tile);
  }

  /** The item of the tile that has the focus, else of the first one. */
  function item(): number | null {
    const tile = focused() ?? tilesOf(rows()[0])[0];
    return tile ? Number(tile.dataset["item"]) : null;
  }
  return { move, item };
}
