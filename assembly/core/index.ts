/*
 * The trusted core: what the product calls. Its linear memory is the shared region itself, so it must never own a byte of
 * it: no `new`, no strings, no arrays, no closures, no initialised data. What AssemblyScript's
 * runtime would write there would overwrite the heap of Triton's parent process. Globals live
 * outside of memory.
 *
 * Small functions of the heap are marked for inlining: without it an allocation takes 1.3 to 1.5 times as long. TypeScript has no
 * decorators of functions, so biome cannot read their files, which biome.json lists.
 */
export { setLimit } from "./bounds";
export { copyBytes, zeroBytes } from "./copy";
export { heapGrow } from "./grow";
export { heapAllocate, heapDrop } from "./heap";
export { heapFindNamed } from "./names";
export { commit, setUndoLog } from "./undo";
