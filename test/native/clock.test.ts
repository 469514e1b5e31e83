import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";

/** Functions of the C library that read the wall clock, or wait until it shows a time. */
const OF_THE_WALL_CLOCK = [
  "time",
  "ftime",
  "gettimeofday",
  "timespec_get",
  "sem_timedwait",
  "pthread_mutex_timedlock",
  "pthread_cond_timedwait",
  "mq_timedreceive",
];

test("finding 12: the guard waits by clocks that no step of the wall clock moves, and reads that one for its log alone", () => {
  const program = readFileSync(join(projectFolder(), "native/triton_python_backend_stub"));
  const names = program.toString("latin1").match(/(?<=\0)[a-z][a-z0-9_]+(?=\0)/g) ?? [];
  expect(names).toContain("clock_gettime");
  expect(names.filter((name) => OF_THE_WALL_CLOCK.includes(name))).toEqual([]);
  const users = execFileSync("grep", ["-lrE", "CLOCK_REALTIME|CLOCK_TAI", "native/guard"], {
    cwd: projectFolder(),
    encoding: "utf8",
  });
  expect(users.trim().split("\n")).toEqual(["native/guard/log.c"]);
});
