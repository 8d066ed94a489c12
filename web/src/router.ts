// The places of the app. The server answers with the page for these and no others: see page.rs.
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import SearchPage from "./pages/SearchPage.vue";

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
  { path: "/:rest(.*)*", name: "nowhere", component: () => import("./pages/NotFoundPage.vue") },
];

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (to, from, saved) => {
    if (saved) return saved;
    return to.path === from.path ? false : { top: 0 };
  },
});
