/**
 * Gives back what only the start needed: about 30 MiB of a service, most of it the young generation, which V8 enlarges while
 * modules are loaded and makes small again in a collection for lack of memory only. The process stands still for 0.1 to 0.2 s.
 * Does nothing without `--expose-gc`.
 */
export async function giveBackHeap(): Promise<void> {
  await globalThis.gc?.({ type: 'major', execution: 'async', flavor: 'last-resort' });
}
