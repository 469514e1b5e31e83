/** Accepts lines for the server's log. */
export interface Logger {
  /** @param level a value of `LOG_LEVEL` */
  log(level: number, message: string): void;
}
