import type { Campaign } from './campaign-client.ts';

const WIDTH = 24;

/** How far a campaign is, as one line for people. */
export function campaignLine({ state, reasons, progress, expectedEnd }: Campaign): string {
  const { accepted, waiting, underWay, sent, delivered, read } = progress;
  const ended = accepted - waiting - underWay;
  const filled = accepted === 0 ? 0 : Math.round((WIDTH * ended) / accepted);
  const bar = `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}]`;
  const more = (['failed', 'suppressed', 'unresolved', 'replies'] as const).map(
    (name) => [name, progress[name]] as const,
  );
  const counts = [
    `${sent} of ${accepted} sent, ${delivered} delivered, ${read} read`,
    ...more.filter(([, count]) => count > 0).map(([name, count]) => `${count} ${name}`),
    ...(expectedEnd === undefined ? [] : [`done about ${expectedEnd.slice(11, 19)} UTC`]),
    ...reasons.map(({ reason }) => reason),
  ];
  return `  campaign  ${state.padEnd(8)} ${bar} ${counts.join(', ')}`;
}
