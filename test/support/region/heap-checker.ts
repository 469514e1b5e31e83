/** A second opinion on a region, written from the format alone: it shares no code with the core. */

const FREE_TREE = 0x08;
const NAME_TREE = 0x40;
const FIRST_BLOCK = 0x80;
const ALLOCATED = 1n << 63n;
const PREVIOUS_ALLOCATED = 1n << 62n;
const SIZE_MASK = (1n << 62n) - 1n;

export interface Block {
  offset: number;
  units: number;
  allocated: boolean;
}

export interface NamedValue {
  name: string;
  value: number;
  bytes: number;
}

export interface HeapPicture {
  size: number;
  end: number;
  allocatedBytes: number;
  blocks: Block[];
  /** Offsets of the free blocks in the order of the tree. */
  freeOrder: number[];
  names: NamedValue[];
}

/** Checks every invariant of the segment and returns what it holds; throws with the first contradiction. */
export function checkHeap(region: Uint8Array): HeapPicture {
  const view = new DataView(region.buffer, region.byteOffset, region.byteLength);
  const word = (at: number): bigint => view.getBigUint64(at, true);
  const size = Number(word(0x30));
  expectSame("size within the region", size <= region.length, true);
  const end = FIRST_BLOCK + Math.floor((size - FIRST_BLOCK) / 16) * 16 - 16;
  expectSame("extra header bytes", word(0x20), 64n);
  expectSame("unique objects", word(0x58), 0n);
  const blocks = walkBlocks(word, end);
  const allocatedBytes = sum(blocks.filter((block) => block.allocated));
  expectSame("allocated bytes", word(0x28), BigInt(allocatedBytes));

  const freeNodes = walkTree(view, FREE_TREE, end);
  const freeOrder = freeNodes.map((node) => node - 16);
  const free = blocks.filter((block) => !block.allocated);
  expectSame(
    "blocks in the free tree",
    [...freeOrder].sort((a, b) => a - b).join(),
    free.map((block) => block.offset).join(),
  );
  const sizes = freeNodes.map((node) => Number(word(node - 8) & SIZE_MASK));
  expectOrdered("sizes in the free tree", sizes, (a, b) => a - b <= 0);

  const names = walkTree(view, NAME_TREE, end).map((node) => readName(region, view, node));
  expectOrdered("names in the index", names, (a, b) => compareNames(a.name, b.name) < 0);
  const payloads = new Set(blocks.filter((block) => block.allocated).map((b) => b.offset + 16));
  for (const node of walkTree(view, NAME_TREE, end)) {
    expectSame(`the record at ${node} is an allocated block`, payloads.has(node), true);
  }
  return { size, end, allocatedBytes, blocks, freeOrder, names };
}

function walkBlocks(word: (at: number) => bigint, end: number): Block[] {
  const blocks: Block[] = [];
  let offset = FIRST_BLOCK;
  let before: Block | undefined;
  while (offset < end) {
    const control = word(offset + 8);
    const units = Number(control & SIZE_MASK);
    const block = { offset, units, allocated: (control & ALLOCATED) !== 0n };
    expectSame(`room for block ${offset}`, units >= 3 && offset + units * 16 <= end, true);
    checkBefore(word, control, offset, before);
    if (!block.allocated) {
      expectSame(`block before free ${offset} is in use`, before?.allocated ?? true, true);
    }
    blocks.push(block);
    before = block;
    offset += units * 16;
  }
  const distance = BigInt((end - FIRST_BLOCK) / 16);
  const control = word(end + 8);
  expectSame("end of the walk", offset, end);
  expectSame("end block", control & ~PREVIOUS_ALLOCATED, ALLOCATED | distance);
  checkBefore(word, control, end, before);
  expectSame("distance in the first block", word(FIRST_BLOCK), distance);
  return blocks;
}

function checkBefore(
  word: (at: number) => bigint,
  control: bigint,
  offset: number,
  before: Block | undefined,
): void {
  const allocated = before?.allocated ?? true;
  expectSame(`P of block ${offset}`, (control & PREVIOUS_ALLOCATED) !== 0n, allocated);
  if (!allocated) expectSame(`prev_size of ${offset}`, word(offset), BigInt(before?.units ?? 0));
}

/** Nodes in order, after a check of links, extremes, count, colours and black heights. */
function walkTree(view: DataView, header: number, end: number): number[] {
  const link = (field: number): number => {
    const relative = view.getBigInt64(field, true) & ~2n;
    return relative === 1n ? 0 : Number(BigInt(field) + relative);
  };
  const isBlack = (node: number): boolean => (view.getBigInt64(node, true) & 2n) !== 0n;
  const nodes: number[] = [];
  const visit = (node: number, parent: number, depth: number): number => {
    if (node === 0) return 1;
    expectSame(`node ${node} is possible`, node % 16 === 0 && node >= 144 && node < end, true);
    expectSame(`depth at node ${node}`, depth < 72, true);
    expectSame(`parent of node ${node}`, link(node), parent);
    if (!isBlack(node)) expectSame(`parent of red ${node} is black`, isBlack(parent), true);
    const left = visit(link(node + 8), node, depth + 1);
    nodes.push(node);
    const right = visit(link(node + 16), node, depth + 1);
    expectSame(`black height below ${node}`, left, right);
    return left + (isBlack(node) ? 1 : 0);
  };
  const root = link(header);
  expectSame(`header ${header} is red`, isBlack(header), false);
  if (root !== 0) expectSame(`root ${root} is black`, isBlack(root), true);
  visit(root, header, 0);
  expectSame(`count of tree ${header}`, view.getBigUint64(header - 8, true), BigInt(nodes.length));
  expectSame(`first of tree ${header}`, link(header + 8), nodes[0] ?? header);
  expectSame(`last of tree ${header}`, link(header + 16), nodes.at(-1) ?? header);
  return nodes;
}

function readName(region: Uint8Array, view: DataView, node: number): NamedValue {
  const bytes = Number(view.getBigUint64(node + 24, true));
  const value = node + 24 + Math.max(16, view.getUint8(node + 34));
  const start = value + bytes;
  const length = view.getUint16(node + 32, true);
  expectSame(`kind of the record at ${node}`, view.getUint8(node + 35), 0x21);
  expectSame(`NUL after the name at ${start}`, view.getUint8(start + length), 0);
  return { name: Buffer.from(region.slice(start, start + length)).toString(), value, bytes };
}

/** Length first, then bytes. */
function compareNames(a: string, b: string): number {
  const [one, two] = [Buffer.from(a), Buffer.from(b)];
  return one.length - two.length || Buffer.compare(one, two);
}

function sum(blocks: Block[]): number {
  return blocks.reduce((total, block) => total + block.units * 16, 0);
}

function expectSame<T>(what: string, found: T, wanted: T): void {
  if (found !== wanted) throw new Error(`${what}: ${found} instead of ${wanted}`);
}

function expectOrdered<T>(what: string, list: T[], inOrder: (a: T, b: T) => boolean): void {
  for (let at = 1; at < list.length; at++) {
    const [a, b] = [list[at - 1] as T, list[at] as T];
    if (!inOrder(a, b)) throw new Error(`${what}: no order at ${at}`);
  }
}
