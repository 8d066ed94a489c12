// The places of the app. The server answers with the page for these and no others: see page.rs.
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import { wayOf } from "./account/gate";
import type { Role } from "./api/types";
import { followNavigation } from "./composables/useNavigating";
import { useSession } from "./composables/useSession";
import SearchPage from "./pages/SearchPage.vue";

declare module "vue-router" {
  interface RouteMeta {
    /** The least role that has a use for the page; a reader's unless given. */
    role?: Role;
    /** Shown to those who are not logged in, whatever the server lets strangers do. */
    open?: boolean;
    /** Of somebody: not for strangers, even where they may search. */
    own?: boolean;
  }
}

const routes: RouteRecordRaw[] = [
  { path: "/", name: "search", component: SearchPage },
  {
    path: "/patents/:patent",
    name: "patent",
    component: () => import("./pages/PatentPage.vue"),
    props: true,
  },
  {
    path: "/items/:item(\\d+)",
    name: "item",
    component: () => import("./pages/PatentPage.vue"),
    props: true,
  },
  {
    path: "/compare/:item(\\d+)",
    name: "compare",
    component: () => import("./pages/ComparePage.vue"),
    props: true,
  },
  {
    path: "/library",
    component: () => import("./pages/LibraryPage.vue"),
    children: [
      { path: "", name: "library", component: () => import("./pages/ImagesPage.vue") },
      {
        path: "duplicates",
        name: "duplicates",
        component: () => import("./pages/DuplicatesPage.vue"),
      },
      {
        path: "trash",
        name: "trash",
        component: () => import("./pages/TrashPage.vue"),
        meta: { role: "editor" },
      },
      {
        path: "statistics",
        name: "statistics",
        component: () => import("./pages/StatisticsPage.vue"),
      },
      {
        path: "collections",
        name: "collections",
        component: () => import("./pages/CollectionsPage.vue"),
      },
    ],
  },
  {
    path: "/import",
    name: "import",
    component: () => import("./pages/ImportPage.vue"),
    meta: { role: "editor" },
  },
  {
    path: "/history",
    name: "history",
    component: () => import("./pages/HistoryPage.vue"),
    meta: { own: true },
  },
  {
    path: "/account",
    name: "account",
    component: () => import("./pages/AccountPage.vue"),
    meta: { own: true },
  },
  {
    path: "/login",
    name: "login",
    component: () => import("./pages/LoginPage.vue"),
    meta: { open: true },
  },
  {
    path: "/:rest(.*)*",
    name: "nowhere",
    component: () => import("./pages/NotFoundPage.vue"),
    meta: { open: true },
  },
];

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (to, from, saved) => {
    if (saved) return saved;
    return to.path === from.path ? false : { top: 0 };
  },
});

followNavigation(router);

router.beforeEach(async (to) => {
  const { ready, visitor } = useSession();
  await ready();
  const way = wayOf(to.meta, visitor.value);
  return way !== "login" || { name: "login", query: { next: to.fullPath } };
});
