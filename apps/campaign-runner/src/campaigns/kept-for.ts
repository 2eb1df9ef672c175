import type { CampaignState } from '@heliograph/contracts';

const DAY_MS = 86_400_000;
/** Longer than any record of it is kept, so that whoever reads one again finds the campaign ended. */
const KEPT_MS = 31 * DAY_MS;

/** For how long Redis keeps a campaign, milliseconds from now, at least 1; 0: for as long as it is not finished. */
export const keptForMs = ({ state, since }: Pick<CampaignState, 'state' | 'since'>, now: number): number =>
  state === 'finished' ? Math.max(1, Date.parse(since) + KEPT_MS - now) : 0;
