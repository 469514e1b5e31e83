/*
 * The core with the functions that only the server's side of a region needs: it formats the heap, and creates named objects and aligned
 * blocks. It is for tests, fuzz targets and benchmarks, which act as the server and compare the heap with Boost's. The product does not
 * have this module.
 */
export { heapAllocateAligned } from "./aligned";
export { getLimit } from "./bounds";
export { heapFormat } from "./format";
export { heapDeallocate } from "./heap";
export * from "./index";
export { heapFindOrConstructNamed } from "./names";
export { heapAllocatedBytes, heapFreeMemory, heapSize } from "./segment";
