import type { Messages } from "../en";

export default {
  title: "已保存的检索",
  save: "保存检索",
  heading: "保存这次检索",
  text: "它会列在历史上方，以后可对全部图片或仅对新增图片再次运行。",
  name: "名称",
  verb: "保存",
  taken: "名称已被使用",
  takenHelp: "另一个已保存的检索用了这个名称；请换一个名称，或先取消保存那一个。",
  onlyNew: "仅新增图片",
  nothingNew: (day) => `${day}以来没有新增图片`,
  added: (count, day) => `${day}以来新增 ${count} 张图片`,
  searchNew: "查看新增",
  searchNewOf: (name) => `仅检索新增图片：${name}`,
  searchAll: "再次运行",
  searchAllOf: (name) => `再次运行：${name}`,
  forget: (name) => `取消保存检索 ${name}`,
  forgotten: (name) => `已取消保存 ${name}，这次检索仍在历史中。`,
} satisfies Messages["saved"];
