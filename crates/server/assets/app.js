// The plain page: a picture in, patents that look like it out.
"use strict";

const TEXTS = {
  en: {
    drop: "Drop a picture here, paste one, or click to choose", another: "Drop, paste or click for another picture",
    hint: "TIF, JPG, PNG, WebP, GIF, BMP; several at once are one question",
    collection: "Collection", count: "Patents", score: "Lowest score", class: "Locarno class", keyword: "Title has",
    searching: "Searching …", other: "中文", images: (n) => `${n.toLocaleString("en")} images`,
    untrained: "encoder untrained: results show that search works, not how well it could",
    empty: "No images yet. Import some: lookalike import PATH", nothing: (s) => `Nothing scores ${s} or more.`,
    relax: "Show the nearest all the same", similar: "Find what looks like this page", granted: "granted",
    in_force: "in force", expired: "expired", offline: "The server does not answer. Is it still running?",
    timing: (t, n) => `${n} images · embedding ${t.feature_extraction_ms.toFixed(0)} ms · search ${t.vector_search_ms.toFixed(1)} ms · all ${t.total_ms.toFixed(0)} ms`,
    like: (name) => `Like ${name}`, words: ["hardly related", "weakly similar", "moderately similar", "highly similar", "near-identical"],
  },
  zh: {
    drop: "把图片拖到这里、粘贴,或点击选择", another: "拖入、粘贴或点击换一张图片",
    hint: "TIF、JPG、PNG、WebP、GIF、BMP;多张图片作为一次查询",
    collection: "集合", count: "专利数", score: "最低相似度", class: "洛迦诺分类", keyword: "标题包含",
    searching: "正在搜索…", other: "English", images: (n) => `${n.toLocaleString("zh")} 张图片`,
    untrained: "内置编码器未经训练:结果只说明流程可用,不代表最终效果",
    empty: "还没有图片。请先导入:lookalike import 路径", nothing: (s) => `没有相似度达到 ${s} 的结果。`,
    relax: "仍然显示最接近的结果", similar: "查找与此页相似的设计", granted: "授权日",
    in_force: "有效", expired: "已过期", offline: "服务器没有响应。它还在运行吗?",
    timing: (t, n) => `${n} 张图片 · 特征 ${t.feature_extraction_ms.toFixed(0)} 毫秒 · 检索 ${t.vector_search_ms.toFixed(1)} 毫秒 · 共 ${t.total_ms.toFixed(0)} 毫秒`,
    like: (name) => `与 ${name} 相似`, words: ["几乎无关", "弱相似", "中等相似", "高度相似", "几乎相同"],
  },
};

const byId = (id) => document.getElementById(id);
let language = localStorage.getItem("language") ?? (navigator.language.startsWith("zh") ? "zh" : "en");
let text = TEXTS[language];
let collections = [];
let query = null; // {files} or {item, name}
let last = null; // the answer shown
let serial = 0; // answers to older questions are dropped

async function call(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch {
    throw new Error(text.offline);
  }
  const body = await response.json();
  if (body.code !== 0) throw new Error(body.message);
  return body.data;
}

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function translate() {
  text = TEXTS[language];
  document.documentElement.lang = language;
  byId("language").textContent = text.other;
  byId("drop-hint").textContent = text.hint;
  byId("relax").textContent = text.relax;
  for (const span of document.querySelectorAll("[data-text]")) span.textContent = text[span.dataset.text];
  showQuery();
  showState();
  if (last) showAnswer(last);
}

function showState() {
  const chosen = collections.find((c) => c.name === byId("collection").value) ?? collections[0];
  if (!chosen || chosen.num_entities === 0) {
    byId("state").textContent = text.empty;
    return;
  }
  const parts = [chosen.name, text.images(chosen.num_entities), chosen.model?.name ?? ""];
  if (chosen.model?.trained === false) parts.push(text.untrained);
  byId("state").textContent = parts.filter(Boolean).join(" · ");
}

function showQuery() {
  const title = byId("drop-text");
  if (!query) title.textContent = text.drop;
  else if (query.item) title.textContent = `${text.like(query.name)} — ${text.another}`;
  else title.textContent = `${query.files.map((f) => f.name).join(", ")} — ${text.another}`;
}

async function showPreview() {
  const image = byId("preview");
  URL.revokeObjectURL(image.src);
  image.hidden = true;
  if (query.item) {
    image.src = query.thumbnail;
  } else {
    let blob = query.files[0];
    if (/\.tiff?$/i.test(blob.name) || !/^image\/(png|jpeg|webp|gif)$/.test(blob.type)) {
      const response = await fetch("/api/preview", { method: "POST", body: blob });
      if (!response.ok) return;
      blob = await response.blob();
    }
    image.src = URL.createObjectURL(blob);
  }
  image.hidden = false;
}

function say(message, bad = false) {
  const line = byId("message");
  line.textContent = message;
  line.hidden = !message;
  line.classList.toggle("bad", bad);
}

function parameters(minScore) {
  const chosen = { top_groups: byId("count").value, min_score: minScore ?? byId("score").value };
  if (byId("collection").value) chosen.collection = byId("collection").value;
  if (byId("class").value.trim()) chosen.loc_class = byId("class").value.trim();
  if (byId("keyword").value.trim()) chosen.keyword = byId("keyword").value.trim();
  return chosen;
}

async function search(minScore) {
  if (!query) return;
  const mine = ++serial;
  document.body.classList.add("asked");
  showQuery();
  byId("relax").hidden = true;
  byId("results").classList.add("waiting");
  say(text.searching);
  try {
    let answer;
    if (query.item) {
      answer = await call(`/api/search/item/${query.item}`, { method: "POST", body: JSON.stringify(parameters(minScore)) });
    } else {
      const form = new FormData();
      for (const file of query.files) form.append("file", file);
      for (const [name, value] of Object.entries(parameters(minScore))) form.append(name, value);
      answer = await call("/api/search", { method: "POST", body: form });
    }
    if (mine === serial) showAnswer(answer);
  } catch (error) {
    if (mine === serial) say(error.message, true);
  } finally {
    if (mine === serial) byId("results").classList.remove("waiting");
  }
}

function words(score) {
  return text.words[[0.3, 0.5, 0.7, 0.9].filter((band) => score >= band).length];
}

const date = (day) => `${String(day).slice(0, 4)}-${String(day).slice(4, 6)}-${String(day).slice(6)}`;

function showAnswer(answer) {
  last = answer;
  const info = answer.query_info;
  byId("results").replaceChildren(...answer.results.map(row));
  byId("timing").textContent = text.timing(answer.timing, info.total_matched);
  const nothing = answer.results.length === 0;
  say(nothing ? text.nothing(info.min_score) : "");
  byId("relax").hidden = !(nothing && info.min_score > -1);
}

function row(group, index) {
  const facts = [
    [group.loc_class, group.applicant_name, group.applicant_country].filter(Boolean).join(" · "),
    [group.pub_date && `${text.granted} ${date(group.pub_date)}`, text[group.status]].filter(Boolean).join(" · "),
  ].filter(Boolean);
  const bar = element("span");
  bar.style.width = `${Math.max(0, Math.min(1, group.max_score)) * 100}%`;
  const best = group.pages.reduce((a, b) => (b.score > a.score ? b : a)).id;
  return element("li", {},
    element("span", { className: "rank", textContent: index + 1 }),
    element("div", {},
      element("div", { className: "name", textContent: group.patent_id ?? group.pages[0].file_name }),
      element("div", { className: "facts title", textContent: group.title ?? "" }),
      ...facts.map((fact) => element("div", { className: "facts", textContent: fact })),
      element("div", { className: "score", title: words(group.max_score) },
        element("span", { textContent: group.max_score.toFixed(3) }),
        element("span", { className: "bar" }, bar))),
    element("ul", { className: "pages" }, ...group.pages.map((page) => tile(group, page, page.id === best))));
}

function tile(group, page, best) {
  const name = [group.patent_id, page.page_num].filter(Boolean).join(" ") || page.file_name;
  const image = element("img", { src: page.thumbnail_url, alt: name, loading: "lazy" });
  const label = element("span", {},
    element("span", { textContent: page.page_num ?? "" }), element("span", { textContent: page.score.toFixed(3) }));
  const button = element("button", { type: "button", className: best ? "tile best" : "tile", title: text.similar }, image, label);
  button.addEventListener("click", () => {
    query = { item: page.id, name, thumbnail: page.thumbnail_url };
    showPreview();
    search();
    window.scrollTo({ top: 0 });
  });
  return element("li", {}, button);
}

function ask(files) {
  const chosen = [...files];
  if (chosen.length === 0) return;
  query = { files: chosen };
  showPreview();
  search();
}

function showValues() {
  byId("count-value").textContent = byId("count").value;
  byId("score-value").textContent = Number(byId("score").value).toFixed(2);
}

const drop = byId("drop");
drop.addEventListener("click", () => byId("file").click());
byId("file").addEventListener("change", (event) => ask(event.target.files));
for (const kind of ["dragenter", "dragover"])
  document.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
for (const kind of ["dragleave", "drop"])
  document.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.remove("over"); });
document.addEventListener("drop", (event) => ask(event.dataTransfer.files));
document.addEventListener("paste", (event) => ask(event.clipboardData.files));
byId("options").addEventListener("submit", (event) => event.preventDefault());
byId("options").addEventListener("input", showValues);
byId("options").addEventListener("change", () => { showState(); search(); });
byId("relax").addEventListener("click", () => search(-1));
byId("language").addEventListener("click", () => {
  language = language === "en" ? "zh" : "en";
  localStorage.setItem("language", language);
  translate();
});

showValues();
translate();
call("/api/collections").then((found) => {
  collections = found;
  byId("collection").replaceChildren(...found.map((c) => element("option", { value: c.name, textContent: c.name })));
  const usual = found.find((c) => c.name === "default");
  if (usual) byId("collection").value = usual.name;
  byId("collection-label").hidden = found.length < 2;
  showState();
}).catch((error) => say(error.message, true));
