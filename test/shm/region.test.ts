import { closeSync, ftruncateSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  createSharedMemory,
  openSharedMemory,
  sharedMemorySize,
  unlinkSharedMemory,
} from "../../host/libc/shm.js";
import { REGION_MAX_BYTES } from "../../host/limits.js";
import { Region } from "../../host/shm/region.js";
import { Child, endChildren, startChild } from "../support/child.js";
import { closeRegions, ParentRegion, uniqueName } from "../support/region/parent-region.js";

const PEER = new URL("peer.mjs", import.meta.url);
const MIB = 1024 * 1024;
const TOTAL_SIZE = 296;

afterEach(async () => {
  await endChildren();
  closeRegions();
});

async function startPeer(parent: ParentRegion): Promise<Child> {
  const peer = startChild(PEER, parent.name, parent.growthBytes);
  expect(await peer.line()).toBe("ready");
  return peer;
}

function heapCalls<Result>(parent: ParentRegion, action: () => Result): Result {
  parent.heap.lock();
  try {
    return action();
  } finally {
    parent.heap.unlock();
  }
}

/** Maps a sparse object of `bytes`. */
function mapSparse(bytes: number): Region {
  const name = uniqueName();
  const fd = createSharedMemory(name, bytes);
  unlinkSharedMemory(name);
  try {
    return Region.map(fd);
  } finally {
    closeSync(fd);
  }
}

test("a region that was made like a server's has the control block at the offset of all servers", () => {
  expect(new ParentRegion().controlHandle).toBe(336);
});

test("two mappings of one object have the same bytes", () => {
  const parent = new ParentRegion();
  const fd = openSharedMemory(parent.name);
  const other = Region.map(fd);
  closeSync(fd);
  expect(other.mappedBytes).toBe(MIB);
  parent.region.view.setUint32(MIB - 4, 0xcafe_f00d, true);
  expect(other.view.getUint32(MIB - 4, true)).toBe(0xcafe_f00d);
  expect(new Uint8Array(other.memory.buffer, MIB - 4, 4)).toEqual(
    Uint8Array.of(0x0d, 0xf0, 0xfe, 0xca),
  );
});

test("a growing region is mapped to its end, at the same address", () => {
  const name = uniqueName();
  const fd = createSharedMemory(name, MIB);
  unlinkSharedMemory(name);
  const region = Region.map(fd);
  region.view.setUint32(0, 0xcafe_f00d, true);
  for (const bytes of [63 * MIB, 65 * MIB, 300 * MIB]) {
    ftruncateSync(fd, bytes);
    region.extendMapping(bytes);
    region.bytes[bytes - 1] = 7;
    expect(region.view.getUint8(bytes - 1)).toBe(7);
    expect(new Uint8Array(region.memory.buffer, bytes - 1, 1)).toEqual(Uint8Array.of(7));
    const another = Region.attach(region.share());
    expect(another.view.getUint8(bytes - 1)).toBe(7);
    expect(another.view.getUint32(0, true)).toBe(0xcafe_f00d);
  }
  closeSync(fd);
});

test("a peer process sees what this one has added to the region", async () => {
  const parent = new ParentRegion();
  const peer = await startPeer(parent);
  expect(await peer.ask("mapped")).toBe(String(MIB));
  const handle = parent.construct(3 * MIB);
  parent.region.bytes.fill(7, handle + 16, handle + 16 + 3 * MIB);
  expect(parent.region.mappedBytes).toBe(5 * MIB);
  expect(await peer.ask(`read ${handle + 15 + 3 * MIB}`)).toBe("7");
  expect(await peer.ask("mapped")).toBe(String(5 * MIB));
});

test("this process sees what a peer process has added to the region", async () => {
  const parent = new ParentRegion();
  const peer = await startPeer(parent);
  const handle = Number(await peer.ask(`construct ${2 * MIB}`));
  const last = handle + 15 + 2 * MIB;
  expect(await peer.ask(`fill ${last} 1 9`)).toBe("filled");
  expect(parent.region.mappedBytes).toBe(MIB);
  expect(heapCalls(parent, () => parent.region.bytes[last])).toBe(9);
  expect(parent.region.mappedBytes).toBe(4 * MIB);
});

test("both sides grow the region in turn and every block keeps its bytes", async () => {
  const parent = new ParentRegion();
  const peer = await startPeer(parent);
  const blocks: [last: number, byte: number][] = [];
  for (let turn = 1; turn <= 6; turn++) {
    const handle =
      turn % 2 === 0 ? parent.construct(MIB) : Number(await peer.ask(`construct ${MIB}`));
    const last = handle + 15 + MIB;
    if (turn % 2 === 0) parent.region.bytes[last] = turn;
    else await peer.ask(`fill ${last} 1 ${turn}`);
    blocks.push([last, turn]);
  }
  for (const [last, byte] of blocks) {
    expect(heapCalls(parent, () => parent.region.bytes[last])).toBe(byte);
    expect(await peer.ask(`read ${last}`)).toBe(String(byte));
  }
});

test("a region whose size is not a multiple of a page is mapped to its last byte, and can grow", () => {
  const parent = new ParentRegion({ bytes: MIB + 1000, growthBytes: 5000 });
  parent.region.bytes[MIB + 999] = 0x5a;
  const first = parent.construct(MIB);
  parent.region.bytes[first + 15 + MIB] = 0x77;
  expect(parent.region.mappedBytes).toBe(MIB + 1000 + 5000 * 210);
  expect(parent.region.bytes[first + 15 + MIB]).toBe(0x77);
  expect(parent.region.bytes[MIB + 999]).toBe(0);
  expect(sharedMemorySize(parent.fd)).toBe(parent.region.mappedBytes);
});

test("a refusal of the system to enlarge the region is an error, and the region stays usable", async () => {
  const parent = new ParentRegion();
  // A file-size limit of 2 MiB (2048 blocks of 1 KiB) replaces a full file system: the same call fails in the same way.
  const limited = new Child("bash", [
    "-c",
    `ulimit -f 2048 && exec "$0" "$@"`,
    process.execPath,
    fileURLToPath(PEER),
    parent.name,
    String(MIB),
  ]);
  expect(await limited.line()).toBe("ready");
  const fits = Number(await limited.ask(`construct ${MIB - 1000}`));
  expect(fits).toBeGreaterThan(0);
  expect(await limited.ask(`construct ${MIB}`)).toBe("ERR_REGION_FULL");
  expect(await limited.ask("mapped")).toBe(String(2 * MIB));
  expect(heapCalls(parent, () => parent.region.mappedBytes)).toBe(2 * MIB);
  expect(sharedMemorySize(parent.fd)).toBe(2 * MIB);
  expect(Number(await limited.ask("construct 1000"))).toBeGreaterThan(0);
  expect(await limited.ask("drop")).toBe("ok");
  const handle = parent.construct(3 * MIB);
  expect(await limited.ask(`read ${handle + 16}`)).toBe("0");
});

test("the largest region that fits 32 bits is mapped, to its last byte", () => {
  const region = mapSparse(REGION_MAX_BYTES);
  region.bytes[REGION_MAX_BYTES - 1] = 1;
  expect(region.mappedBytes).toBe(REGION_MAX_BYTES);
  expect(region.view.getUint8(REGION_MAX_BYTES - 1)).toBe(1);
});

test.each([REGION_MAX_BYTES + 1, 2 ** 32, 5 * 2 ** 30])(
  "a region of %d bytes is rejected, and the error names the limit and the setting",
  (bytes) => {
    expect(() => mapSparse(bytes)).toThrow(
      expect.objectContaining({
        code: "ERR_REGION_SIZE",
        message: expect.stringMatching(/limit 4294901760 bytes.*shm-default-byte-size/),
      }),
    );
  },
);

test("a growth beyond 32 bits is rejected before any page is reserved", () => {
  const parent = new ParentRegion({ growthBytes: 2 ** 31 });
  expect(() => parent.construct(2.5 * 2 ** 30)).toThrow(
    expect.objectContaining({ code: "ERR_REGION_SIZE" }),
  );
  expect(sharedMemorySize(parent.fd)).toBe(MIB);
  expect(parent.construct(100)).toBeGreaterThan(0);
});

test("a block of 4 GiB or more is rejected; its size is not truncated to 32 bits", () => {
  const parent = new ParentRegion();
  const before = parent.allocated();
  expect(() => heapCalls(parent, () => parent.heap.constructLocked(2 ** 32 + 100))).toThrow(
    expect.objectContaining({ code: "ERR_REGION_SIZE" }),
  );
  expect(parent.allocated()).toBe(before);
});

test("a total size beyond the object is rejected, and the pool mutex is unlocked", () => {
  const parent = new ParentRegion();
  parent.region.view.setBigUint64(TOTAL_SIZE, BigInt(MIB + 1), true);
  for (const _ of [1, 2]) {
    expect(() => parent.heap.lock()).toThrow(
      expect.objectContaining({
        code: "ERR_REGION_BOUNDS",
        details: { declared: MIB + 1, actual: MIB },
      }),
    );
  }
  parent.region.view.setBigUint64(TOTAL_SIZE, BigInt(MIB), true);
  expect(parent.construct(16)).toBeGreaterThan(0);
});

test("a total size above 32 bits is rejected even if its low half is right", () => {
  const parent = new ParentRegion();
  parent.region.view.setBigUint64(TOTAL_SIZE, BigInt(MIB) + 2n ** 32n, true);
  expect(() => parent.heap.lock()).toThrow(expect.objectContaining({ code: "ERR_REGION_SIZE" }));
});

test("an object that the peer has truncated is detected before any access", () => {
  const parent = new ParentRegion();
  const fd = openSharedMemory(parent.name);
  const late = Region.map(fd, 4096);
  ftruncateSync(fd, MIB / 2);
  expect(() => late.extendMapping(MIB)).toThrow(
    expect.objectContaining({ code: "ERR_REGION_BOUNDS" }),
  );
  closeSync(fd);
});

test("the region object of another thread on the same memory follows a growth", () => {
  const parent = new ParentRegion();
  const other = Region.attach(parent.region.share());
  expect(other.base).toBe(parent.region.base);
  const handle = parent.construct(MIB);
  expect(other.mappedBytes).toBe(MIB);
  other.extendMapping(parent.region.mappedBytes);
  expect(other.view.getUint32(handle, true)).toBe(1);
});
