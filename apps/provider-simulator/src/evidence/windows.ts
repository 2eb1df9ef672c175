/** Most arrivals in any half-open window of the period; `arrivals` ascending. */
export function maxInWindow(arrivals: readonly number[], periodMs: number): number {
  let most = 0;
  let first = 0;
  arrivals.forEach((arrival, last) => {
    while (arrival - (arrivals[first] as number) >= periodMs) first++;
    most = Math.max(most, last - first + 1);
  });
  return most;
}
