/** Import namespace of WASI preview 1. */
export const WASI_NAMESPACE = "wasi_snapshot_preview1";

/** The implemented functions, with their types in the notation of abi-functions.ts. */
export const WASI_FUNCTIONS = {
  args_get: "ii->i",
  args_sizes_get: "ii->i",
  environ_get: "ii->i",
  environ_sizes_get: "ii->i",
  clock_res_get: "ii->i",
  clock_time_get: "iIi->i",
  fd_close: "i->i",
  fd_fdstat_get: "ii->i",
  fd_prestat_get: "ii->i",
  fd_prestat_dir_name: "iii->i",
  fd_read: "iiii->i",
  fd_seek: "iIii->i",
  fd_write: "iiii->i",
  poll_oneoff: "iiii->i",
  proc_exit: "i->",
  random_get: "ii->i",
  sched_yield: "->i",
} as const;

/** The functions that only the files beside a model need. Without files, each call returns an error. */
export const WASI_FILE_FUNCTIONS = {
  fd_advise: "iIIi->i",
  fd_filestat_get: "ii->i",
  fd_pread: "iiiIi->i",
  fd_readdir: "iiiIi->i",
  fd_tell: "ii->i",
  path_filestat_get: "iiiii->i",
  path_open: "iiiiiIIii->i",
} as const;

/** The other functions of preview 1. A module may import them; each call returns an error. */
export const WASI_REFUSED = {
  fd_allocate: "iII->i",
  fd_datasync: "i->i",
  fd_fdstat_set_flags: "ii->i",
  fd_fdstat_set_rights: "iII->i",
  fd_filestat_set_size: "iI->i",
  fd_filestat_set_times: "iIIi->i",
  fd_pwrite: "iiiIi->i",
  fd_renumber: "ii->i",
  fd_sync: "i->i",
  path_create_directory: "iii->i",
  path_filestat_set_times: "iiiiIIi->i",
  path_link: "iiiiiii->i",
  path_readlink: "iiiiii->i",
  path_remove_directory: "iii->i",
  path_rename: "iiiiii->i",
  path_symlink: "iiiii->i",
  path_unlink_file: "iii->i",
  proc_raise: "i->i",
  sock_accept: "iii->i",
  sock_recv: "iiiiii->i",
  sock_send: "iiiii->i",
  sock_shutdown: "ii->i",
} as const;

/** All functions of preview 1. */
export const WASI_IMPORTS: Readonly<Record<string, string>> = {
  ...WASI_FUNCTIONS,
  ...WASI_FILE_FUNCTIONS,
  ...WASI_REFUSED,
};

/** Error numbers of WASI. */
export const ERRNO = {
  success: 0,
  badf: 8,
  exist: 20,
  inval: 28,
  io: 29,
  isdir: 31,
  mfile: 33,
  nametoolong: 37,
  noent: 44,
  notdir: 54,
  notsup: 58,
  rofs: 69,
  spipe: 70,
  notcapable: 76,
} as const;
