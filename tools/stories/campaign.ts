import { randomNumber } from '@heliograph/testing';
import type { Stack } from '../stack/stack-file.ts';
import {
  campaignOf,
  createCampaign,
  followCampaign,
  orderCampaign,
  uploadRecipients,
  type Campaign,
} from './campaign-client.ts';
import { Conversation, INBOUND, OUTBOUND, stage, type Story } from './story.ts';
import type { Watch } from './watch.ts';

const RUNNER = ['campaign-runner', ...OUTBOUND] as const;
const RECIPIENTS = 40;
/** Slow enough to be watched. */
const PER_MINUTE = 300;
const REQUEST = {
  name: 'Orders of the day',
  channel: 'sms',
  sender: 'alerts',
  template: { name: 'order_confirmation_sms', language: 'en_US' },
  variables: { customer: { column: 'name' }, order: { column: 'order' }, delivery: { value: '2026-11-25' } },
  columns: { address: 'phone', externalId: 'crm id' },
  country: 'US',
  perMinute: PER_MINUTE,
};

/**
 * A campaign (guide 002): from a file, paused and resumed, and answered by one of its recipients.
 *
 * @param show told how it stands each time that changes
 */
export function campaignStory(stack: Stack, watch: Watch, show: (campaign: Campaign) => void = () => undefined): Story {
  const talk = new Conversation(stack, watch, 'sms', 'alerts');
  let id = '';
  const when = async (is: (campaign: Campaign) => boolean): Promise<Campaign | undefined> => {
    const campaign = await campaignOf(stack, id);
    if (campaign.state === 'halted')
      throw new Error(`halted: ${campaign.reasons.map(({ reason }) => reason).join('; ')}`);
    return is(campaign) ? campaign : undefined;
  };
  const shown = (campaign: Campaign | undefined): string | undefined => campaign && countsOf(campaign);
  let uploaded = '';
  const stages = [
    stage({
      name: 'recipients from a CSV file',
      services: ['messaging-api', 'template-registry'],
      does: async (key) => {
        ({ campaignId: id } = await createCampaign(stack, REQUEST, key));
        const { accepted, errors } = await uploadRecipients(stack, id, fileFor(talk.customer.address));
        const [wrong] = errors;
        uploaded = `${accepted} recipients; line ${wrong?.line}: ${wrong?.field} ${wrong?.reason}`;
      },
      shows: () => uploaded,
    }),
    stage({
      name: 'started',
      services: RUNNER,
      does: async () => {
        await orderCampaign(stack, id, 'start');
        // What is shown is an extra: the stages look for themselves.
        followCampaign(stack, id, { onChange: show, signal: AbortSignal.timeout(60_000) }).catch(() => undefined);
      },
      shows: async () => shown(await when(({ progress }) => progress.sent >= RECIPIENTS / 4)),
    }),
    stage({
      name: 'paused: nothing goes out',
      services: RUNNER,
      does: () => orderCampaign(stack, id, 'pause'),
      shows: async () => shown(await when(({ state, progress }) => state === 'paused' && progress.underWay === 0)),
    }),
    stage({
      name: 'resumed and finished',
      services: RUNNER,
      does: () => orderCampaign(stack, id, 'resume'),
      shows: async () => shown(await when(({ state }) => state === 'finished')),
    }),
    stage({
      name: 'a reply in its conversation',
      services: ['campaign-runner', ...INBOUND],
      does: () => talk.writes('Thank you!'),
      shows: async () => {
        const reply = talk.newest('message.received');
        return reply?.campaign?.reply ? `sequence ${reply.sequence}` : undefined;
      },
    }),
  ];
  return { name: 'campaign', title: `A campaign of ${RECIPIENTS} SMS`, conversation: talk.id, stages, reports: true };
}

/** As a spreadsheet writes it; in one row the number is missing. */
function fileFor(first: string): string {
  const others = Array.from({ length: RECIPIENTS - 1 }, () => randomNumber());
  const lines = [first, ...others].map((phone, index) => `${phone},Jana,ORD-${1_000 + index},"crm/${index}"`);
  return ['phone,name,order,crm id', ...lines, ',Nobody,ORD-2000,crm/40', ''].join('\r\n');
}

function countsOf({ progress }: Campaign): string {
  const { accepted, sent, waiting, underWay, delivered } = progress;
  return `${sent} of ${accepted} sent, ${delivered} delivered, ${waiting + underWay} to go`;
}
