// Numbers and dates as a language writes them.
import type { Language } from "./language";
import { locarnoName } from "./locarno";

export interface Formats {
  integer(value: number): string;
  percent(value: number): string;
  /** A cosine score in percent, rounded down: what says 70% passes a limit of 0.70. */
  similarity(value: number): string;
  score(value: number): string;
  /** With two decimals, as thresholds are set. */
  threshold(value: number): string;
  milliseconds(value: number): string;
  bytes(value: number): string;
  /** A number of a speed: with a decimal while it is small. */
  rate(value: number): string;
  /** In the two largest units that matter: "1 h 5 min". */
  duration(seconds: number): string;
  /** A day as the API writes it: 20251230. */
  day(value: number): string;
  moment(unixSeconds: number): string;
  date(unixSeconds: number): string;
  /** The date with its day of the week. */
  weekday(unixSeconds: number): string;
  /** The time of the day. */
  time(unixSeconds: number): string;
  /** A wait. */
  seconds(value: number): string;
  country(code: string): string;
  locarno(code: string | null | undefined): string | null;
  list(values: string[]): string;
}

export function formatsOf(language: Language): Formats {
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  const number = (options: Intl.NumberFormatOptions) => {
    const format = new Intl.NumberFormat(locale, options);
    return (value: number) => format.format(value);
  };
  const unit = (name: string, digits: number) =>
    number({ style: "unit", unit: name, maximumFractionDigits: digits });
  const fixed = (digits: number) =>
    number({ minimumFractionDigits: digits, maximumFractionDigits: digits });
  /** Units stand apart from their number; those that the platform writes in Chinese do not. */
  const timed = (symbol: string, name: string, digits = 0) => {
    const format = number({ maximumFractionDigits: digits });
    return (value: number) => `${format(value)}\u00a0${language === "zh" ? name : symbol}`;
  };
  const whole = timed("ms", "毫秒");
  const tenths = timed("ms", "毫秒", 1);
  const hours = timed("h", "小时");
  const minutes = timed("min", "分");
  const seconds = timed("s", "秒");
  const parts = timed("s", "秒", 1);
  const integer = number({ maximumFractionDigits: 0 });
  const percent = number({ style: "percent", maximumFractionDigits: 0 });
  const tenth = number({ maximumFractionDigits: 1 });
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
  const weekday = new Intl.DateTimeFormat(locale, { dateStyle: "full" });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
  const regions = new Intl.DisplayNames(locale, { type: "region", fallback: "code" });
  const list = new Intl.ListFormat(locale, { type: "unit", style: "short" });

  return {
    integer,
    percent,
    // A picture compared with itself may miss 1 by what the numbers of a vector are rounded by.
    similarity: (value) => percent(Math.floor(value * 100 + 0.05) / 100),
    score: fixed(3),
    threshold: fixed(2),
    milliseconds: (value) => (value < 10 ? tenths(value) : whole(value)),
    bytes: (value) => {
      const power = value < 1 ? 0 : Math.min(4, Math.floor(Math.log10(value) / 3));
      return unit(units[power] ?? "byte", power === 0 ? 0 : 1)(value / 1000 ** power);
    },
    rate: (value) => (value < 10 ? tenth(value) : integer(value)),
    duration: (value) => {
      if (value > 0 && value < 1) return parts(Math.max(0.1, value));
      const whole = Math.max(0, Math.round(value));
      const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
      if (h > 0) return [hours(h), m > 0 && minutes(m)].filter(Boolean).join(" ");
      if (m > 0) return [minutes(m), s > 0 && seconds(s)].filter(Boolean).join(" ");
      return seconds(s);
    },
    day: (value) =>
      day.format(
        Date.UTC(Math.floor(value / 1e4), (Math.floor(value / 100) % 100) - 1, value % 100),
      ),
    moment: (seconds) => moment.format(seconds * 1000),
    date: (seconds) => date.format(seconds * 1000),
    weekday: (seconds) => weekday.format(seconds * 1000),
    time: (seconds) => time.format(seconds * 1000),
    seconds:
      language === "zh" ? seconds : number({ style: "unit", unit: "second", unitDisplay: "long" }),
    country: (code) => (/^[A-Z]{2}$/.test(code) ? (regions.of(code) ?? code) : code),
    locarno: (code) => locarnoName(code, language),
    list: (values) => list.format(values),
  };
}
