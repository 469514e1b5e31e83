/** Constants of Linux (landlock(7), include/uapi/linux/landlock.h). */

/** Rights on files and folders. */
export const ACCESS = {
  execute: 1 << 0,
  writeFile: 1 << 1,
  readFile: 1 << 2,
  readFolder: 1 << 3,
  removeFolder: 1 << 4,
  removeFile: 1 << 5,
  makeFile: 1 << 8,
  truncate: 1 << 14,
} as const;

/** Rights on files by version of Landlock: all rights of version 1, and the rights that each later version added. */
export const FILE_RIGHTS_BY_VERSION = [0, 0x1fff, 1 << 13, 1 << 14, 0, 1 << 15];
/** Rights to bind and connect TCP sockets, since version 4. */
export const NETWORK_RIGHTS = 3;
export const NETWORK_SINCE = 4;
