// The rows of a long list that are in sight while the window scrolls.
import { computed, nextTick, onMounted, onScopeDispose, type Ref, ref, watch } from "vue";
import { extentOf, follow, leadAt, type Place, rowsAt } from "../library/tall";

/** Rows this far off the screen are there already when it comes to them. */
const AROUND_PX = 600;

export interface Shape {
  rows: number;
  /** Items of a row. */
  columns: number;
  rowHeight: number;
  /** Of what stands above the first row and stays in sight. */
  head: number;
}

export function useVirtualRows(element: Ref<HTMLElement | null>, shape: (width: number) => Shape) {
  const width = ref(0);
  const viewport = ref(innerHeight);
  const start = ref(0);
  const end = ref(0);
  const lead = ref(0);
  const form = computed(() => shape(width.value));
  const extent = computed(() => {
    const { rows, rowHeight, head } = form.value;
    return extentOf(rows * rowHeight + head, viewport.value);
  });
  let place: Place = { top: 0, lead: 0 };
  let position = 0;

  /** The top of the list in the window. */
  const boxTop = () => element.value?.getBoundingClientRect().top ?? 0;

  function update(): void {
    const top = -boxTop();
    const now = follow(extent.value, place, top);
    if (Math.abs(now.place.top - top) >= 1) scrollBy(0, now.place.top - top);
    place = { top: -boxTop(), lead: now.place.lead };
    position = now.position;
    lead.value = place.lead;
    const { rows, rowHeight } = form.value;
    const seen = rowsAt(position, viewport.value, { rows, rowHeight, around: AROUND_PX });
    start.value = seen.start;
    end.value = seen.end;
  }

  /** Scrolls as far as is needed to have a row in sight, above what covers the end of the window. */
  function show(row: number, covered: number): void {
    const { rowHeight, head } = form.value;
    const top = boxTop();
    const above = top - place.lead + row * rowHeight;
    const below = above + head + rowHeight - (viewport.value - covered);
    const by = above < 0 ? above : below > 0 ? below : 0;
    if (by !== 0) go(place.lead - top + by);
  }

  function go(to: number): void {
    const now = leadAt(extent.value, to);
    scrollBy(0, to - now + boxTop());
    place = { top: -boxTop(), lead: now };
    update();
  }

  function measure(): void {
    const before = form.value;
    const item = (position / before.rowHeight) * before.columns;
    viewport.value = innerHeight;
    width.value = element.value?.clientWidth ?? 0;
    const { columns, rowHeight } = form.value;
    update();
    // What was in sight stays so, when the element has its new height.
    const isMoved = columns !== before.columns && position > 0;
    if (isMoved) void nextTick(() => go((item / columns) * rowHeight));
  }

  const observer = new ResizeObserver(measure);
  addEventListener("scroll", update, { passive: true });
  addEventListener("resize", measure);
  onMounted(() => {
    measure();
    if (element.value) observer.observe(element.value);
  });
  // When the element has its new height.
  watch(form, () => void nextTick(update));
  onScopeDispose(() => {
    observer.disconnect();
    removeEventListener("scroll", update);
    removeEventListener("resize", measure);
  });

  const height = computed(() => `${extent.value.shown}px`);
  const top = computed(() => `${start.value * form.value.rowHeight - lead.value}px`);
  const rowHeight = computed(() => `${form.value.rowHeight}px`);
  return { width, start, end, height, top, rowHeight, show };
}
