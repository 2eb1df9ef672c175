import { PassThrough, type Readable } from 'node:stream';
import type { Log, Readiness } from '@heliograph/runtime';
import type { Progress } from './campaign-progress.ts';
import { responseOf } from './campaign.response.ts';
import type { CampaignTable, KnownCampaign } from './campaign-table.ts';

const LOOK_EVERY_MS = 1_000;
/** Proxies close connections on which nothing comes. */
const SIGN_OF_LIFE_MS = 15_000;

interface Sources {
  readonly table: CampaignTable;
  readonly progress: Progress;
  readonly readiness: Readiness;
  readonly log: Log;
}

/**
 * A campaign as server-sent events: `campaign` with everything at the beginning and with every change, looked at each second and
 * when its state changes. Ends with the campaign, with its reader, and when the service stops.
 */
export function streamCampaign(campaign: KnownCampaign, sources: Sources): Readable {
  const events = new PassThrough();
  writeAll(campaign, sources, events).then(
    () => events.end(),
    (err: Error) => {
      sources.log.warn({ campaignId: campaign.campaignId, err }, 'a stream of a campaign broke off');
      events.destroy(err);
    },
  );
  return events;
}

async function writeAll(of: KnownCampaign, sources: Sources, events: PassThrough): Promise<void> {
  const gone = new AbortController();
  events.once('close', () => gone.abort());
  let last = '';
  let written = performance.now();
  while (!gone.signal.aborted && (await sources.readiness.reason('service')) !== 'stopping') {
    const { shown, event, isLast } = await present(of, sources);
    const isNew = shown !== last;
    const isQuiet = performance.now() - written > SIGN_OF_LIFE_MS;
    // A reader who is behind gets the newest when there is room again.
    if ((isNew || isQuiet) && !events.writableNeedDrain) {
      events.write(isNew ? event : ': \n\n');
      written = performance.now();
      last = shown;
    }
    if (isLast && last === shown) return;
    await sources.table.change(of, AbortSignal.any([gone.signal, AbortSignal.timeout(LOOK_EVERY_MS)]));
  }
}

/** `shown` is the same while nothing has changed: the expected end moves with every look. */
async function present({ tenant, campaignId }: KnownCampaign, { table, progress }: Sources) {
  const campaign = table.of(tenant, campaignId)!;
  const response = responseOf(campaign, await progress.of(campaign));
  const event = `event: campaign\ndata: ${JSON.stringify(response)}\n\n`;
  return { shown: JSON.stringify({ ...response, expectedEnd: '' }), event, isLast: campaign.state === 'finished' };
}
