import { cleanRun } from './clean-run.ts';
import type { Tally } from './evidence.ts';
import { judge } from './judge.ts';

export type Run = ReturnType<typeof cleanRun>;

/** What a planted change makes of a run in which nothing went wrong: only the counts that differ. */
export function planted(change: (run: Run) => void): Partial<Tally> {
  const run = cleanRun();
  change(run);
  const before: Record<string, unknown> = { ...judge(cleanRun()) };
  const after = Object.entries(judge(run)).filter(([name, count]) => name !== 'findings' && count !== before[name]);
  return Object.fromEntries(after);
}

export const outcomeOf = (run: Run, messageId: string): number =>
  run.entries.findIndex(({ kind, fact }) => kind.startsWith('message.') && fact.messageId === messageId);

export function renumber(run: Run): void {
  const last = new Map<string, number>();
  run.entries = run.entries.map((one) => {
    const sequence = (last.get(one.conversationId) ?? 0) + 1;
    last.set(one.conversationId, sequence);
    return { ...one, sequence };
  });
}

export function remove(run: Run, index: number): void {
  run.entries.splice(index, 1);
  renumber(run);
}

export function changeFact(run: Run, messageId: string, kind: string, fact: Record<string, unknown> = {}): void {
  const index = outcomeOf(run, messageId);
  run.entries[index] = { ...run.entries[index]!, kind, fact: { messageId, ...fact } };
}
