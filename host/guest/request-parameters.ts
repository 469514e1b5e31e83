import { jsonMembers } from "../json-members.js";

/** Types of a request's parameters, with the numbers of the guest ABI. */
export const PARAMETER_TYPE = { none: 0, string: 1, int: 2, bool: 3, double: 4 } as const;

/** A parameter of a request. */
export interface RequestParameter {
  readonly type: (typeof PARAMETER_TYPE)[keyof typeof PARAMETER_TYPE];
  /** A string as it is; an integer in decimal digits; `true` or `false`; a double as a JSON number. */
  readonly text: string;
}

/** Numbers keep their text, because JavaScript would round integers of 64 bits. */
const INTEGER = /^-?\d+$/;

/**
 * Reads a parameter of a request.
 * @param json the JSON object with all parameters; an invalid one has none
 */
export function requestParameter(json: string, key: string): RequestParameter | undefined {
  try {
    const member = jsonMembers(json).get(key)?.trim();
    return member === undefined ? undefined : parameterOf(member);
  } catch {
    return undefined;
  }
}

function parameterOf(member: string): RequestParameter | undefined {
  const { string, int, bool, double } = PARAMETER_TYPE;
  const value: unknown = JSON.parse(member);
  if (typeof value === "string") return { type: string, text: value };
  if (typeof value === "boolean") return { type: bool, text: member };
  if (typeof value !== "number") return undefined;
  return { type: INTEGER.test(member) ? int : double, text: member };
}
