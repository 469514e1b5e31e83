import { expect, test } from "@jest/globals";
import { GuestInstance } from "../../../host/guest/instance.js";
import { WASI_FILE_FUNCTIONS } from "../../../host/guest/wasi/abi.js";
import { FILES_OPEN_MAX } from "../../../host/limits.js";
import { compileGuest } from "../../support/wasm/assemble.js";
import { TableServices } from "../../support/wasm/table-services.js";

const FILES = {
  "en/words.txt": Buffer.from("the words"),
  "en/deep/one": Buffer.from("1"),
  "two.bin": Buffer.from([1, 2, 3]),
};
const [BADF, EXIST, INVAL, ISDIR, MFILE] = [8, 20, 28, 31, 33] as const;
const [NAMETOOLONG, NOENT, NOTDIR, ROFS, NOTCAPABLE] = [37, 44, 54, 69, 76] as const;
const ROOT = 3;

type Number = number | bigint;

/** Runs triton_execute with this body; `path` is at 100. Text at 2,000 is logged afterwards. */
function execute(body: string, path = "") {
  const services = new TableServices([], { files: FILES });
  const data = `(data (i32.const 100) "${path}")`;
  const guest = new GuestInstance(
    compileGuest(`(local $i i32) (local $fd i32) ${body}`, `${data} `),
    services,
  );
  try {
    const status = guest.call("triton_execute");
    return { status, lines: services.lines.map(({ message }) => message) };
  } catch (error) {
    return { error };
  }
}

const call = (name: string, ...args: (Number | string)[]) =>
  `(call $${name} ${args
    .map((arg) =>
      typeof arg === "string" ? arg : `(${typeof arg === "bigint" ? "i64" : "i32"}.const ${arg})`,
    )
    .join(" ")})`;

/** Opens the path at 100 below a descriptor, and leaves the errno. The new descriptor is at 500. */
const open = (length: number, flags = 0, fd: Number | string = ROOT) =>
  call("path_open", fd, 0, 100, length, flags, -1n, -1n, 0, 500);
const OPENED = "(i32.load (i32.const 500))";
/** One piece at 1,000: `length` bytes at 2,000. */
const piece = (length: number) =>
  `(i32.store (i32.const 1000) (i32.const 2000)) (i32.store (i32.const 1004) (i32.const ${length}))`;
const read = (fd: Number | string, length: number) =>
  `${piece(length)} (drop ${call("fd_read", fd, 1_000, 1, 508)})`;
const said = (length: number) =>
  `(drop (call $log (i32.const 0) (i32.const 2000) (i32.const ${length})))`;

test("the folder /files is open from the beginning, as descriptor 3 and no other", () => {
  expect(execute(call("fd_prestat_get", ROOT, 200)).status).toBe(0);
  const length = `(drop ${call("fd_prestat_get", ROOT, 200)}) (i32.load (i32.const 204))`;
  expect(execute(length).status).toBe(6);
  const name = `(drop ${call("fd_prestat_dir_name", ROOT, 2_000, 6)}) ${said(6)} (i32.const 0)`;
  expect(execute(name).lines).toEqual(["/files"]);
  expect(execute(call("fd_prestat_dir_name", ROOT, 2_000, 5)).status).toBe(NAMETOOLONG);
  expect(execute(call("fd_prestat_get", 4, 200)).status).toBe(BADF);
});

test("a file is opened, read in pieces, and found by its position", () => {
  const path = "en/words.txt";
  const body = `(drop ${open(path.length)})
    ${read(OPENED, 4)} ${said(4)}
    ${read(OPENED, 100)} ${said(5)}
    (drop ${call("fd_seek", OPENED, -5n, 2, 600)})
    ${read(OPENED, 5)} ${said(5)}
    (drop ${call("fd_pread", OPENED, 1_000, 1, 4n, 508)}) ${said(5)}
    (drop ${call("fd_tell", OPENED, 600)})
    (i32.load (i32.const 600))`;
  expect(execute(body, path)).toEqual({ status: 9, lines: ["the ", "words", "words", "words"] });
});

test("a file has its size and type, by its descriptor and by its path", () => {
  const path = "two.bin";
  const byPath = call("path_filestat_get", ROOT, 0, 100, path.length, 2_000);
  expect(execute(`(drop ${byPath}) (i32.load (i32.const 2032))`, path).status).toBe(3);
  expect(execute(`(drop ${byPath}) (i32.load8_u (i32.const 2016))`, path).status).toBe(4);
  const byFd = `(drop ${open(path.length)}) (drop ${call("fd_filestat_get", OPENED, 2_000)})`;
  expect(execute(`${byFd} (i32.load (i32.const 2032))`, path).status).toBe(3);
  const folder = `(drop ${call("fd_filestat_get", ROOT, 2_000)}) (i32.load8_u (i32.const 2016))`;
  expect(execute(folder).status).toBe(3);
});

test("a folder lists its entries, in parts if the buffer is small", () => {
  const list = (cookie: bigint, length: number) =>
    `(drop ${call("fd_readdir", ROOT, 2_000, length, cookie, 508)}) (i32.load (i32.const 508))`;
  expect(execute(list(0n, 1_000)).status).toBe(24 + 2 + 24 + 7);
  expect(execute(list(1n, 1_000)).status).toBe(24 + 7);
  expect(execute(list(2n, 1_000)).status).toBe(0);
  expect(execute(list(-1n, 1_000)).status).toBe(0);
  expect(execute(list(0n, 30)).status).toBe(30);
  expect(execute(list(0n, 0)).status).toBe(0);
});

test.each([
  ["two.bin", 0, 0],
  ["en/../two.bin", 0, 0],
  ["en/./deep//one", 0, 0],
  ["en/deep/..", 0, 0],
  ["", 0, 0],
  ["nothing", 0, NOENT],
  ["nothing", 1, ROFS],
  ["two.bin", 5, EXIST],
  ["two.bin", 8, ROFS],
  ["two.bin", 2, NOTDIR],
  ["two.bin/", 0, NOTDIR],
  ["two.bin/x", 0, NOTDIR],
  ["..", 0, NOTCAPABLE],
  ["../1/model.wasm", 0, NOTCAPABLE],
  ["en/../../x", 0, NOTCAPABLE],
  ["en/deep/../../../x", 0, NOTCAPABLE],
  ["/etc/passwd", 0, NOTCAPABLE],
  ["\\\\etc", 0, NOENT],
  ["\\ff\\fe", 0, NOENT],
])("path_open of '%s' with flags %d returns %d", (path, flags, errno) => {
  const bytes = path.replace(/\\[0-9a-f\\]{1,2}/g, "x").length;
  expect(execute(open(bytes, flags), path).status).toBe(errno);
});

test("a path does not leave the folder through the descriptor of a folder below it", () => {
  const path = "en../two.bin../../x";
  const below = `(drop ${open(2)}) ${call("path_open", OPENED, 0, 102, 10, 0, 0n, 0n, 0, 504)}`;
  expect(execute(below, path).status).toBe(0);
  const beyond = `(drop ${open(2)}) ${call("path_open", OPENED, 0, 112, 7, 0, 0n, 0n, 0, 504)}`;
  expect(execute(beyond, path).status).toBe(NOTCAPABLE);
});

test("a descriptor is of one kind, and of nothing after it was closed", () => {
  const path = "two.bin";
  const opened = `(drop ${open(path.length)})`;
  expect(execute(`${piece(4)} ${call("fd_read", ROOT, 1_000, 1, 508)}`).status).toBe(ISDIR);
  expect(execute(call("fd_seek", ROOT, 0n, 0, 600)).status).toBe(ISDIR);
  expect(execute(`${opened} ${call("fd_readdir", OPENED, 0, 0, 0n, 508)}`, path).status).toBe(
    NOTDIR,
  );
  expect(execute(`${opened} ${open(path.length, 0, OPENED)}`, path).status).toBe(NOTDIR);
  expect(execute(`${opened} ${call("fd_seek", OPENED, -1n, 0, 600)}`, path).status).toBe(INVAL);
  expect(execute(`${opened} ${call("fd_seek", OPENED, 0n, 3, 600)}`, path).status).toBe(INVAL);
  expect(execute(`${opened} ${call("fd_write", OPENED, 1_000, 0, 508)}`, path).status).toBe(BADF);
  const closed = `${opened} (local.set $fd ${OPENED}) (drop ${call("fd_close", "(local.get $fd)")})`;
  expect(execute(`${closed} ${call("fd_tell", "(local.get $fd)", 600)}`, path).status).toBe(BADF);
  expect(execute(`${closed} ${call("fd_close", "(local.get $fd)")}`, path).status).toBe(BADF);
});

test(`a guest has at most ${FILES_OPEN_MAX} descriptors`, () => {
  const path = "two.bin";
  const body = `(loop $again
    (local.set $fd ${open(path.length)})
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $again (i32.and (i32.eqz (local.get $fd)) (i32.lt_u (local.get $i) (i32.const 1000)))))
    (i32.add (i32.mul (local.get $i) (i32.const 100)) (local.get $fd))`;
  expect(execute(body, path).status).toBe(FILES_OPEN_MAX * 100 + MFILE);
});

test.each([
  ["path_open's path", call("path_open", ROOT, 0, 65_530, 100, 0, 0n, 0n, 0, 500)],
  ["path_open's result", call("path_open", ROOT, 0, 100, 1, 0, 0n, 0n, 0, 65_534)],
  ["fd_filestat_get's result", call("fd_filestat_get", ROOT, 65_500)],
  ["fd_readdir's buffer", call("fd_readdir", ROOT, 65_000, -1, 0n, 500)],
  ["fd_prestat_get's result", call("fd_prestat_get", ROOT, -4)],
  ["fd_read's pieces", `(drop ${open(7)}) ${call("fd_read", OPENED, 65_530, 2, 508)}`],
  [
    "a piece of fd_read",
    `(drop ${open(7)}) (i32.store (i32.const 1004) (i32.const -1)) ${call("fd_read", OPENED, 1_000, 1, 508)}`,
  ],
])("%s beyond the memory ends the call", (_what, body) => {
  expect(execute(body, "two.bin").error).toMatchObject({ code: "ERR_GUEST_POINTER" });
});

test("a path of 5,000 bytes is too long, and 2,000 pieces are too many", () => {
  expect(execute(open(5_000)).status).toBe(NAMETOOLONG);
  const many = `(drop ${open(7)}) ${call("fd_read", OPENED, 1_000, 2_000, 508)}`;
  expect(execute(many, "two.bin").status).toBe(INVAL);
});

test("a model without files has no folder, and its functions of files return errors", () => {
  const run = (body: string) =>
    new GuestInstance(compileGuest(body), new TableServices([])).call("triton_execute");
  expect(run(call("fd_prestat_get", ROOT, 200))).toBe(BADF);
  expect(run(open(0))).toBe(NOTCAPABLE);
  expect(Object.keys(WASI_FILE_FUNCTIONS)).toContain("path_open");
});
