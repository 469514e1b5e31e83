import { closeSync, existsSync, openSync, statSync } from "node:fs";
import { systemCallError } from "../../host/libc/errors.js";
import { errnoName } from "../../host/libc/library.js";
import {
  createSharedMemory,
  extendSharedMemory,
  mapOver,
  openSharedMemory,
  sharedMemorySize,
  unlinkSharedMemory,
} from "../../host/libc/shm.js";
import { SharedPage } from "../support/region/shared-page.js";

const NAME = `triton_wasm_test_shm_${process.pid}`;

afterEach(() => {
  unlinkSharedMemory(NAME);
});

test("opening a missing object is an error with its name and ENOENT", () => {
  expect(() => openSharedMemory(NAME)).toThrow(
    expect.objectContaining({
      code: "ERR_SYSTEM_CALL",
      message: `shm_open failed with ENOENT on shared-memory object '${NAME}'`,
      details: { call: "shm_open", errno: "ENOENT" },
    }),
  );
});

test("creating an existing object is an error (EEXIST), and its bytes stay", () => {
  closeSync(createSharedMemory(NAME, 8192));
  expect(() => createSharedMemory(NAME, 16)).toThrow(
    expect.objectContaining({ details: { call: "shm_open", errno: "EEXIST" } }),
  );
  const fd = openSharedMemory(NAME);
  expect(sharedMemorySize(fd)).toBe(8192);
  closeSync(fd);
});

test("only the owner can read and write a new object", () => {
  closeSync(createSharedMemory(NAME, 4096));
  expect(statSync(`/dev/shm/${NAME}`).mode & 0o777).toBe(0o600);
});

test("a failure to set the size of a new object removes its name", () => {
  expect(() => createSharedMemory(NAME, 2 ** 53)).toThrow();
  expect(existsSync(`/dev/shm/${NAME}`)).toBe(false);
});

test("a name can be removed once", () => {
  closeSync(createSharedMemory(NAME, 4096));
  expect([unlinkSharedMemory(NAME), unlinkSharedMemory(NAME)]).toEqual([true, false]);
});

test("extending an object reserves its pages, and does not change its bytes", () => {
  const fd = createSharedMemory(NAME, 4096);
  expect(extendSharedMemory(fd, 4096, 65_536)).toBe(0);
  expect(sharedMemorySize(fd)).toBe(65_536);
  expect(statSync(`/dev/shm/${NAME}`).blocks * 512).toBe(65_536 - 4096);
  closeSync(fd);
});

test("a failed extension is reported by errno, not by a signal", () => {
  const fd = openSync("/dev/null", "r+");
  const ENODEV = 19;
  expect(extendSharedMemory(fd, 0, 4096)).toBe(ENODEV);
  closeSync(fd);
});

test("a failed mapping is an error with the name of its errno", () => {
  const page = new SharedPage();
  const fd = openSharedMemory(page.name);
  try {
    expect(() => mapOver(page.at(1), fd, 0, 4096)).toThrow(
      expect.objectContaining({ details: { call: "mmap", errno: "EINVAL" } }),
    );
  } finally {
    closeSync(fd);
    page.remove();
  }
});

test("the name of an errno is that of the manuals, or its number", () => {
  expect([13, 28, 110, 130, 131, 999].map(errnoName)).toEqual([
    "EACCES",
    "ENOSPC",
    "ETIMEDOUT",
    "EOWNERDEAD",
    "ENOTRECOVERABLE",
    "errno 999",
  ]);
  expect(systemCallError("mmap", 12, "1 byte").message).toBe("mmap failed with ENOMEM on 1 byte");
});
