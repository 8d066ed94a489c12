import { FORMAT_TITLES } from "../../api/formats";
import type { Messages } from "../en";

export default {
  name: "中文",
  other: "English",
  /** Between two things that belong together. */
  comma: "，",
  skip: "跳到正文",
  nav: {
    label: "主导航",
    search: "检索",
    library: "图库",
    import: "导入",
    history: "历史",
    account: "账户",
    login: "登录",
  },
  theme: { label: "主题", system: "跟随系统", light: "浅色", dark: "深色" },
  collection: "集合",
  offline: "网络已断开，或服务器没有响应。页面上的内容会保留。",
  title: {
    search: "检索",
    compare: "对比",
    notFound: "页面不存在",
  },
  confirm: { cancel: "取消", type: (name) => `输入 ${name} 以确认` },
  error: {
    offline: "服务器没有响应",
    offlineHelp: "请确认服务器正在运行且网络已连接，然后重试。",
    refused: "服务器无法完成这个请求",
    busy: (seconds) => `正在进行的检索较多，请在 ${seconds} 秒后重试。`,
    broken: "服务器的应答无法识别",
    brokenHelp: "请重试；如仍出现，请把下面的内容告诉管理员。",
    unreadable: "无法识别这个图片文件",
    unreadableHelp: `支持以下格式：${FORMAT_TITLES.join("、")}（扫描页）。`,
    tooLarge: "超出了服务器一次可接收的大小",
    tooLargeHelp: "请减少图片数量或换用较小的图片。",
    gone: "内容已不存在",
    goneHelp: "可能已被删除，或服务器已重新启动。",
    again: "重试",
    details: "技术细节",
    copy: "复制",
    copied: "已复制",
    home: "返回检索",
  },
  pixels: (width, height) => `${width} × ${height}`,
  zoom: {
    stage: (name) => `${name}。拖动平移，滚轮或 + - 缩放，0 适应窗口。`,
    in: "放大",
    out: "缩小",
    fit: "适应窗口",
    level: (percent) => `缩放 ${percent}`,
  },
  notFound: {
    heading: "页面不存在",
    text: "链接可能已失效，或地址输入有误。",
  },
} satisfies Partial<Messages>;
