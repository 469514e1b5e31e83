/** Something that takes lines for the server's log. @param level of `LOG_LEVEL` */
export interface Logger {
  log(level: number, message: string): void;
}
