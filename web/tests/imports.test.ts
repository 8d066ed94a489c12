import { expect, test } from "vitest";
import { added, bytesOf, counts, kindOf, NOTHING, type SentFile } from "../src/imports/files";
import {
  inOrder,
  isWholePath,
  type Job,
  lastPart,
  newlyOver,
  pathBelow,
  retriable,
} from "../src/imports/jobs";
import { type Reading, speedAt, speedNow, withReading } from "../src/imports/meter";

function sent(path: string, size = 10): SentFile {
  return { path, file: new File([new Uint8Array(size)], path, { lastModified: 0 }) };
}

test("files are told apart by their names' endings", () => {
  expect(kindOf("USD1/USD1-D00001.TIF")).toBe("picture");
  expect(kindOf("a.b/USD1.XML")).toBe("grant");
  expect(kindOf("I20251230.tar")).toBe("archive");
  expect(kindOf("notes.txt")).toBeNull();
  expect(kindOf("folder.tif/readme")).toBeNull();
});

test("files are added once each, and what can't be imported is counted", () => {
  const once = added(NOTHING, [sent("a/1.tif"), sent("a/notes.txt"), sent("b/1.tif")]);
  const twice = added(once, [sent("a/1.tif", 20), sent("a.zip")]);
  expect(twice.files.map(({ path }) => path)).toEqual(["a/1.tif", "b/1.tif", "a.zip"]);
  expect(twice.others).toBe(1);
  expect(bytesOf(twice)).toBe(40);
  expect(counts(twice)).toEqual({ picture: 2, grant: 0, archive: 1 });
});

test("files of one name from different folders are all kept", () => {
  const named = (size: number) => sent("1.tif", size);
  const all = [named(10), named(20), named(10), named(30)].reduce(
    (before, one) => added(before, [one]),
    NOTHING,
  );
  expect(all.files.map(({ path }) => path)).toEqual(["1.tif", "2/1.tif", "3/1.tif"]);
  expect(bytesOf(all)).toBe(60);
});

function job(job_id: number, status: string): Job {
  return { job_id, status } as Job;
}

test("what runs is listed first, then what waits, then what is over, the newest first", () => {
  const jobs = [
    job(5, "queued"),
    job(4, "running"),
    job(3, "completed"),
    job(2, "queued"),
    job(1, "failed"),
  ];
  expect(inOrder(jobs).map((one) => one.job_id)).toEqual([4, 2, 5, 3, 1]);
});

test("an import is over once, even one that was never seen under way", () => {
  const before = [job(3, "running"), job(2, "completed")];
  const now = [4, 3, 2, 1].map((id) => job(id, "completed"));
  expect(newlyOver(before, now).map((one) => one.job_id)).toEqual([4, 3]);
  expect(newlyOver(now, now)).toEqual([]);
  expect(newlyOver(null, now)).toEqual([]);
  expect(newlyOver([], now)).toHaveLength(4);
});

test("what failed can be tried again, unless that was done", () => {
  const failed = (id: number, more: Partial<Job>) =>
    ({ ...job(id, "completed"), failed: 1, ...more }) as Job;
  const jobs = [
    failed(8, { status: "running" }),
    failed(7, { status: "failed", failed: 0 }),
    failed(6, { failed: 0, status: "cancelled", retry_of: 5 }),
    failed(5, {}),
    failed(4, { retry_of: 3 }),
    failed(3, {}),
    failed(2, { failed: 0 }),
    failed(1, { status: "cancelled" }),
  ];
  expect([...retriable(jobs)]).toEqual([7, 5, 4, 1]);
});

test("paths of all systems have a last part and a beginning", () => {
  expect(lastPart("/data/designs/")).toBe("designs");
  expect(lastPart("C:\\designs\\a.zip")).toBe("a.zip");
  expect(["/data", "C:\\data", "\\\\host\\data"].every(isWholePath)).toBe(true);
  expect(["data", "./data", "~/data", ""].some(isWholePath)).toBe(false);
});

test("files are named from the imported folder on", () => {
  const folders = ["/data/a", "/data/b.tar"];
  expect(pathBelow("/data/a/x/1.tif", folders)).toBe("x/1.tif");
  expect(pathBelow("/data/b.tar!/x/1.tif", folders)).toBe("x/1.tif");
  expect(pathBelow("/data/aa/1.tif", folders)).toBe("/data/aa/1.tif");
  expect(pathBelow("/data/a", folders)).toBe("/data/a");
  expect(pathBelow("USD1/1.tif", [])).toBe("USD1/1.tif");
});

test("a speed is that of the last seconds", () => {
  const readings: Reading[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((seconds) => ({
    seconds,
    amount: seconds <= 5 ? seconds * 100 : 500,
  }));
  expect(speedAt(readings, 3)).toBe(100);
  expect(speedAt(readings, 7)).toBe(60);
  expect(speedNow(readings)).toBe(0);
  expect(speedNow([])).toBe(0);
  expect(speedNow([{ seconds: 20, amount: 100 }])).toBe(5);
});

test("readings stay few, and begin anew with what begins anew", () => {
  let readings: readonly Reading[] = [];
  for (let at = 1; at <= 5000; at++) {
    readings = withReading(readings, { seconds: at, amount: at * 2 });
  }
  expect(readings.length).toBeLessThanOrEqual(400);
  expect(readings.at(-1)).toEqual({ seconds: 5000, amount: 10_000 });
  expect(speedNow(readings)).toBeCloseTo(2);
  expect(withReading(readings, { seconds: 5000, amount: 10_000 })).toBe(readings);
  expect(withReading(readings, { seconds: 1, amount: 3 })).toEqual([{ seconds: 1, amount: 3 }]);
});
