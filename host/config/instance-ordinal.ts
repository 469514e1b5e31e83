/** One entry of a model's `instance_group`, as the server normalises it. */
export interface InstanceGroup {
  readonly name: string;
  readonly count: number;
}

/**
 * Computes the position of an instance among all instances of its model version, from 0, in the order of `instance_group`. The server names
 * instances `<group>_<number>` (seen in 23.12) and creates them in parallel, so only the name shows the order.
 * Instances that are added to a loaded model still get its old configuration (23.12): instances beyond the count of their group
 * come after all others.
 * @returns 0 for a name that does not belong to a group
 */
export function instanceOrdinal(groups: readonly InstanceGroup[], instanceName: string): number {
  const [, group, digits] = /^(.*)_(\d+)$/s.exec(instanceName) ?? [];
  const number = Number(digits);
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  let before = 0;
  for (const { name, count } of groups) {
    if (name === group) return number < count ? before + number : total + number - count;
    before += count;
  }
  return 0;
}
