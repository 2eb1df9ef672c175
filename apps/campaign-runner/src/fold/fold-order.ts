import {
  EVENTS,
  type CampaignAction,
  type CampaignDefinition,
  type CampaignOrder,
  type CampaignState,
  type CampaignUpload,
  type CloudEvent,
  type UploadCounts,
} from '@heliograph/contracts';
import { changed, endingAs, finishedAs, movedTo, neverStarted } from './campaign-change.ts';

/** What may be asked of a campaign. */
export type CampaignAsked = CampaignDefinition | CampaignOrder | CampaignUpload;

/** The state after it, or why nothing has changed. */
export type Folded = { readonly state: CampaignState } | { readonly skipped: string };

const MOST_RECENT = 64;
const NOTHING: UploadCounts = { rows: 0, accepted: 0, invalid: 0, repeated: 0, suppressed: 0 };

/** Folds what was asked for into where a campaign stands. Pure; the same record again changes nothing. @param offset of the record */
export function foldOrder(before: CampaignState | undefined, event: CloudEvent<CampaignAsked>, offset: number): Folded {
  if (event.type === EVENTS.campaignCreated.type) return created(before, event.data as CampaignDefinition, offset);
  if (!before || before.tenant !== event.data.tenant) return { skipped: 'campaign-unknown' };
  if (BigInt(before.applied) >= offset) return { skipped: 'applied-already' };
  const isUpload = event.type === EVENTS.campaignUploaded.type;
  const id = isUpload ? (event.data as CampaignUpload).uploadId : event.id;
  if (before.recent.includes(id)) return { skipped: 'repeated' };
  const folded = isUpload ? uploaded(before, event.data as CampaignUpload) : acted(before, event.data as CampaignOrder);
  if ('skipped' in folded) return folded;
  const recent = [...before.recent, id].slice(-MOST_RECENT);
  return { state: { ...folded.state, applied: String(offset), recent } };
}

function created(before: CampaignState | undefined, definition: CampaignDefinition, offset: number): Folded {
  if (before) return { skipped: before.applied === String(offset) ? 'applied-already' : 'created-already' };
  const { campaignId, tenant, createdAt: at, createdBy: by } = definition;
  const history = [{ state: 'draft' as const, at, ...(by !== undefined && { by }) }];
  const empty = { reasons: [], uploads: NOTHING, recent: [] };
  const state: CampaignState = {
    ...{ campaignId, tenant, definition, state: 'draft', since: at, version: 1, history },
    ...{ ...empty, applied: String(offset), at },
  };
  return { state };
}

function uploaded(before: CampaignState, upload: CampaignUpload): Folded {
  if (before.state === 'finished') return { skipped: 'finished' };
  const { uploads } = before;
  const sum = {
    rows: uploads.rows + upload.rows,
    accepted: uploads.accepted + upload.accepted,
    invalid: uploads.invalid + upload.invalid,
    repeated: uploads.repeated + upload.repeated,
    suppressed: uploads.suppressed + upload.suppressed,
  };
  return { state: changed(before, upload.at, { uploads: sum }) };
}

/** Why an action changes nothing in a state where it is not among those that do. */
const IDLE: Record<Exclude<CampaignAction, 'cancel'>, string> = {
  start: 'started-already',
  pause: 'not-running',
  resume: 'not-paused',
};

function acted(before: CampaignState, { action, at, by }: CampaignOrder): Folded {
  const { state, ending } = before;
  if (state === 'finished') return { skipped: 'finished' };
  if (ending !== undefined) return { skipped: 'ending' };
  const occasion = { at, by };
  switch (action) {
    case 'start':
      if (state === 'draft') return { state: movedTo(before, 'checking', occasion) };
      break;
    case 'pause':
      if (state === 'checking' || state === 'running') return { state: movedTo(before, 'paused', occasion) };
      break;
    case 'resume':
      if (state === 'paused' || state === 'halted') return { state: movedTo(before, 'checking', occasion) };
      break;
    case 'cancel':
      return { state: state === 'draft' ? cancelledDraft(before, occasion) : endingAs(before, 'cancelled', occasion) };
  }
  return { skipped: IDLE[action] };
}

/** Nobody reads the recipients of a campaign that was not started, so there is nothing to wait for. */
const cancelledDraft = (before: CampaignState, occasion: { at: string; by?: string | undefined }): CampaignState =>
  finishedAs(before, 'cancelled', neverStarted(before.uploads.accepted, 'cancelled'), occasion);
