/*
 * The trusted core. Its linear memory is the shared region itself, so it must never own a byte of
 * it: no `new`, no strings, no arrays, no closures, no initialised data. What AssemblyScript's
 * runtime would write there would overwrite the heap of Triton's parent process. Globals live
 * outside of memory.
 */
export { heapAllocateAligned } from "./aligned";
export { getLimit, setLimit } from "./bounds";
export { copyBytes, zeroBytes } from "./copy";
export { heapFormat } from "./format";
export { heapGrow } from "./grow";
export { heapAllocate, heapDeallocate, heapDrop } from "./heap";
export { heapFindNamed, heapFindOrConstructNamed } from "./names";
export { heapAllocatedBytes, heapFreeMemory, heapSize } from "./segment";
export { commit, setUndoLog } from "./undo";
