/** The value of a parameter of a request or a response. */
export type ParameterValue = string | bigint | boolean;
