/** `LogLevel` of the log message. */
export const LOG_LEVEL = { info: 0, warning: 1, error: 2, verbose: 3 } as const;
