/*
 * The trusted core, with the functions that the product calls. Its linear memory is the shared region itself, so the core must not own a
 * byte of it: no `new`, no strings, no arrays, no closures, no initialised data. Whatever AssemblyScript's runtime wrote there would
 * overwrite the heap of Triton's parent process. Globals are not in the memory.
 *
 * Small functions of the heap are inlined: otherwise an allocation takes 1.3 to 1.5 times as long. TypeScript does not have decorators for
 * functions, so biome cannot parse these files; biome.json lists them.
 */
export { setLimit } from "./bounds";
export { copyBytes, zeroBytes } from "./copy";
export { heapGrow } from "./grow";
export { heapAllocate, heapDrop, heapLoad } from "./heap";
export { heapFindNamed } from "./names";
export { heapHold, heapLetGo } from "./references";
export { commit, putWord, setUndoLog } from "./undo";
