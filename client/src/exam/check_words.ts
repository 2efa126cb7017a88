// Every word of the page that checks a machine.

const zh = {
  title: "机位检测",
  number: "机位号（1 到 {seats}）",
  no_seat: "请填写 1 到 {seats} 之间的机位号。",
  go: "开始检测",
  again: "重新检测",
  measuring: "正在检测，已完成 {done} / {all} 次往返…",
  camera_ask: "这里的考试要拍照：检测时浏览器会询问能否使用摄像头，请点“允许”。照片不上传，检测完即关闭摄像头。",
  camera_try: "正在检测摄像头，浏览器询问时请点“允许”…",
  no_hall: "连不上考场服务器。请检查网络后重试。",
  green: "{number} 号机位合格",
  red: "{number} 号机位不合格，修好以前不安排考生",
  measures: "时钟误差 {skew} 秒，往返时延中位数 {median} 毫秒、最长 {worst} 毫秒，页面 {width}×{height}",
  lacks: "浏览器缺少：{names}",
  browser: "浏览器过旧或缺少功能：换用 Chrome、Edge、Firefox 或 Safari 的新版本。",
  screen: "页面太小：调高屏幕分辨率，放大浏览器窗口，取消页面缩放。",
  storage: "浏览器不能保存数据：退出无痕模式，允许网站保存数据。",
  clock: "时钟不准：校准系统时间。",
  latency: "网络太慢：检查网线或无线网络，停掉下载。",
  camera: "没有可用的摄像头：接好摄像头，在浏览器里允许使用；非加密网址不能用摄像头。",
};

export type CheckWord = keyof typeof zh;

const en: Record<CheckWord, string> = {
  title: "Seat check",
  number: "Seat number (1 to {seats})",
  no_seat: "Please give a seat number from 1 to {seats}.",
  go: "Check this machine",
  again: "Check again",
  measuring: "Checking, {done} of {all} exchanges done…",
  camera_ask: "Exams here take pictures: the browser will ask whether it may use the camera, please allow it. No picture is sent, and the camera is closed after the check.",
  camera_try: "Checking the camera; please allow it when the browser asks…",
  no_hall: "The exam server does not answer. Please check the network and try again.",
  green: "Seat {number} is fit for use",
  red: "Seat {number} is not fit; nobody is seated here until it is mended",
  measures: "Clock off by {skew} s, exchanges {median} ms in the median and {worst} ms at worst, page {width}×{height}",
  lacks: "The browser lacks: {names}",
  browser: "The browser is too old or lacks features: use a recent Chrome, Edge, Firefox or Safari.",
  screen: "The page is too small: raise the resolution, enlarge the window, undo any zoom.",
  storage: "The browser does not keep data: leave private browsing, let the site keep data.",
  clock: "The clock is wrong: set the system's time.",
  latency: "The network is too slow: check cable or wireless, stop downloads.",
  camera: "No camera can be used: plug it in and allow it; a page without encryption may not use one.",
};

export type CheckSay = (word: CheckWord, values?: Readonly<Record<string, string | number>>) => string;

/** The words in the page's language. */
export function checkSpeaker(language: string): CheckSay {
  const table = language.toLowerCase().startsWith("zh") ? zh : en;
  return (word, values = {}) => table[word].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Is it one of the hall's names for what can be wrong with a machine? */
export function isFault(name: string): name is CheckWord {
  return ["browser", "screen", "storage", "clock", "latency", "camera"].includes(name);
}

export const CHECK_TABLES = { zh, en };
