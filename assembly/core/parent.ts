/*
 * The core with what only the server's half of a region does: it makes the heap, its named objects and aligned blocks. For tests,
 * fuzz targets and benchmarks, which take the server's part, and compare the heap with Boost's. The product has no such module.
 */
export { heapAllocateAligned } from "./aligned";
export { getLimit } from "./bounds";
export { heapFormat } from "./format";
export { heapDeallocate } from "./heap";
export * from "./index";
export { heapFindOrConstructNamed } from "./names";
export { heapAllocatedBytes, heapFreeMemory, heapSize } from "./segment";
