// Every word of the exam page. The page may replace any of them (exam-words); what it leaves out is taken from here.

const zh = {
  loading: "正在连接考场…",
  connecting: "暂时连不上考场，正在重试。请不要关闭页面。",
  seat: "座位 {seat}",
  waiting_title: "请等待开考",
  waiting_left: "距开考",
  waiting_at: "{time} 开考，时长 {minutes} 分钟。到时试卷自动显示，不用刷新页面。",
  waiting_opening: "即将开考，正在取试卷…",
  kind_line: "{label} {count} 题，每题 {marks} 分",
  time_left: "剩余时间",
  ten_minutes: "距考试结束还有 10 分钟。",
  one_minute: "距考试结束还有 1 分钟。时间一到自动交卷。",
  more_time: "考试结束时间已改为 {time}。",
  saved_at: "已保存 {time}",
  saving: "正在保存…",
  not_yet_saved: "尚未作答",
  offline: "答案已存在本机，恢复网络后自动上交",
  offline_count: "（{count} 项待上交）",
  offline_fragile: "网络不通，答案只在此页面中。请不要关闭或刷新页面，并告知监考人员。",
  question: "第 {number} 题",
  of_total: "共 {total} 题",
  choose_one: "选一项",
  choose_many: "可选多项",
  clear: "清除本题作答",
  previous: "上一题",
  next: "下一题",
  mark: "标记",
  unmark: "取消标记",
  grid: "题号",
  grid_show: "题号",
  state_answered: "已答",
  state_unseen: "未看",
  state_seen: "未答",
  state_marked: "已标记",
  keys_help: "键盘：1–9 选择，← → 换题，M 标记",
  smaller: "减小字号",
  larger: "增大字号",
  contrast: "高对比度",
  hand_in: "交卷",
  ask_title: "确认交卷？",
  ask_all: "{total} 题全部作答。",
  ask_unanswered: "还有 {count} 题没有作答：",
  ask_marked: "有 {count} 题做了标记：",
  ask_final: "交卷后不能再修改答案。",
  ask_back: "继续答题",
  ask_yes: "确认交卷",
  closing_title: "正在交卷",
  closing_auto: "考试时间已到，正在自动交卷。",
  closing_waiting: "还有 {count} 项答案正在上交，请不要关闭页面。",
  done_title: "已交卷",
  done_text: "{time} 交卷，作答 {answered} 题，共 {total} 题。",
  done_receipt: "交卷凭据 {receipt}",
  done_late: "有 {count} 项作答在考试结束后才能上交，考场没有接收。请不要关闭页面，立即告知监考人员。",
  done_go: "继续",
  stopped_title: "此页面已停止",
  superseded: "本场考试已在另一个页面或另一台机器上打开。答案以那一页为准，请回到那里作答。",
  voided: "本场考试已作废。请联系监考人员。",
  handed_in: "已经交卷。",
  replaced: "第 {number} 题已在另一台机器上改过，现显示那里保存的答案。",
};

export type Word = keyof typeof zh;

const en: Record<Word, string> = {
  loading: "Connecting to the exam hall…",
  connecting: "The exam hall cannot be reached just now; trying again. Please keep this page open.",
  seat: "Seat {seat}",
  waiting_title: "Please wait for the start",
  waiting_left: "Starts in",
  waiting_at: "Starts at {time} and takes {minutes} minutes. The paper appears by itself; there is no need to reload.",
  waiting_opening: "About to start, fetching the paper…",
  kind_line: "{label}: {count} questions, {marks} marks each",
  time_left: "Time left",
  ten_minutes: "Ten minutes are left.",
  one_minute: "One minute is left. The paper is handed in by itself at the end.",
  more_time: "The exam now ends at {time}.",
  saved_at: "Saved {time}",
  saving: "Saving…",
  not_yet_saved: "Nothing answered yet",
  offline: "Answers are kept on this computer and will be sent when the network is back",
  offline_count: " ({count} waiting)",
  offline_fragile: "The network is down and answers live only in this page. Do not close or reload it, and tell the invigilator.",
  question: "Question {number}",
  of_total: "of {total}",
  choose_one: "Choose one",
  choose_many: "Choose all that apply",
  clear: "Clear this answer",
  previous: "Previous",
  next: "Next",
  mark: "Mark",
  unmark: "Remove mark",
  grid: "Question numbers",
  grid_show: "Numbers",
  state_answered: "answered",
  state_unseen: "not seen",
  state_seen: "not answered",
  state_marked: "marked",
  keys_help: "Keyboard: 1–9 choose, ← → move, M marks",
  smaller: "Smaller text",
  larger: "Larger text",
  contrast: "High contrast",
  hand_in: "Hand in",
  ask_title: "Hand in now?",
  ask_all: "All {total} questions are answered.",
  ask_unanswered: "{count} questions are not answered:",
  ask_marked: "{count} questions are marked:",
  ask_final: "Answers cannot be changed after handing in.",
  ask_back: "Go on answering",
  ask_yes: "Hand in",
  closing_title: "Handing in",
  closing_auto: "The time is over; your paper is being handed in.",
  closing_waiting: "{count} answers are still being sent. Please keep this page open.",
  done_title: "Handed in",
  done_text: "Handed in at {time}: {answered} of {total} questions answered.",
  done_receipt: "Receipt {receipt}",
  done_late: "{count} answers could only be sent after the end and were not taken. Keep this page open and tell the invigilator now.",
  done_go: "Continue",
  stopped_title: "This page has stopped",
  superseded: "This exam has been opened in another page or on another computer. Please go on there.",
  voided: "This exam has been cancelled. Please speak to the invigilator.",
  handed_in: "The paper has been handed in.",
  replaced: "Question {number} was changed on another computer; the answer saved there is shown now.",
};

export type Say = (word: Word, values?: Readonly<Record<string, string | number>>) => string;

/** The words of a page: its own where it has some, otherwise ours in its language. */
export function speaker(language: string, own: Readonly<Record<string, unknown>> = {}): Say {
  const table = language.toLowerCase().startsWith("zh") ? zh : en;
  return (word, values = {}) => {
    const given = own[word];
    const text = typeof given === "string" ? given : table[word];
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  };
}

/** Is there a word for this refusal of the hall? Otherwise the hall's own reason is shown. */
export function knows(code: string): code is Word {
  return code === "superseded" || code === "voided" || code === "handed_in";
}

export const TABLES = { zh, en };
