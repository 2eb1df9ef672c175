import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS, templateKey } from '@heliograph/contracts';
import { guideMessage, waitFor } from '@heliograph/testing';
import { ACCOUNT, RouterBench } from '../../test/router-bench.ts';

let bench: RouterBench;
beforeAll(async () => (bench = await RouterBench.open()), 60_000);
afterAll(() => bench.close(), 20_000);

const timestamp = '2026-03-02T09:14:57.000Z';
const update = (name: string, more: object = {}, template: object = {}) => ({
  id: randomUUID(),
  type: 'whatsapp_status_update',
  timestamp,
  template: { id: 'tpl-3001', name, language: 'en-US', ...template },
  ...more,
});
/** As ingress-webhooks does: the lane of a template. */
const receive = (name: string, events: object[], account = ACCOUNT) =>
  bench.receive(events, { key: `template:${name}`, account });
const toldOf = (name: string) => bench.templates.filter(({ data }) => data.name === name);
const toldTimes = (name: string, times: number) =>
  waitFor(() => toldOf(name).length >= times && toldOf(name), { description: `${name} is told ${times} times` });

describe('a changed template (guide 001, section 2 and edge case 2)', () => {
  it('is told once, with its reason, under the key of its state, however often its event comes', async () => {
    const rejected = update('order_confirmation', { status: 'rejected', reason: 'POLICY_VIOLATION' });
    await receive('order_confirmation', [rejected, rejected]);
    await receive('order_confirmation', [rejected]);
    await bench.passed('template:order_confirmation', guideMessage());
    const [told, ...more] = await toldTimes('order_confirmation', 1);
    expect(more).toEqual([]);
    const owner = { tenant: 'acme', account: ACCOUNT, name: 'order_confirmation', language: 'en_US' };
    expect(told).toMatchObject({
      type: EVENTS.templateChanged.type,
      partitionKey: templateKey(owner),
      time: timestamp,
      data: {
        ...owner,
        channel: 'whatsapp',
        providerTemplateId: 'tpl-3001',
        status: 'REJECTED',
        reason: 'POLICY_VIOLATION',
        at: timestamp,
      },
    });
    expect([...bench.factsOf(rejected), ...(await bench.deadLettersOf(rejected))]).toEqual([]);
  }, 60_000);

  it('is told in the order of its events, whatever of it has changed', async () => {
    const events = [
      update('support_menu', { status: 'in review' }),
      update('support_menu', { status: 'approved' }),
      update('support_menu', {}, { quality: 'yellow' }),
      update('support_menu', {}, { category: 'MARKETING' }),
      update('support_menu', { status: 'PENDING_DELETION' }),
    ];
    await receive('support_menu', events);
    const told = await toldTimes('support_menu', events.length);
    expect(told.map(({ data: { status, quality, category } }) => status ?? quality ?? category)).toEqual([
      'IN_REVIEW',
      'APPROVED',
      'YELLOW',
      'MARKETING',
      'PENDING_DELETION',
    ]);
  }, 60_000);

  it('whose event makes no sense is dead-lettered once, with the reason, and those behind it go on', async () => {
    const wrong = { ...update('waiting_list', { status: 'approved' }), template: { name: 'waiting_list' } };
    await receive('waiting_list', [wrong, wrong, update('waiting_list', { status: 'approved' })]);
    await toldTimes('waiting_list', 1);
    const copies = await bench.deadLettersOf(wrong);
    expect(copies.map(({ headers }) => headers['dead-reason'])).toEqual([
      'wrong fields of a whatsapp_status_update event: template.language',
    ]);
  }, 60_000);

  it('of an account that is not configured is dead-lettered', async () => {
    await receive('elsewhere', [update('elsewhere', { status: 'approved' })], 'acme-unknown');
    const reason = 'account \\"acme-unknown\\" is not configured';
    const logged = () => bench.logLines.some((line) => line.includes(reason));
    await waitFor(logged, { description: 'the reason is logged' });
    expect(toldOf('elsewhere')).toEqual([]);
  }, 60_000);
});
