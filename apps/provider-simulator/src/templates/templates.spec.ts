import { afterEach, describe, expect, it } from '@jest/globals';
import { NO_LIMITS, startSimulator, type Options, type Running } from '../testing/running.ts';
import { MESSAGING_TEMPLATES, seeded, smsTemplateBody, TEMPLATES, templateBody } from '../testing/templates.ts';
import { Receiver } from '../testing/receiver.ts';

interface Told {
  readonly type: string;
  readonly status?: string;
  readonly reason?: string;
  readonly template: {
    readonly name: string;
    readonly language: string;
    readonly quality?: string;
    readonly category?: string;
  };
}

let simulator: Running;
let receiver: Receiver | undefined;
afterEach(async () => {
  await simulator.close();
  await receiver?.close();
  receiver = undefined;
});

const start = async (account: object = {}, rest: Omit<Options, 'account'> = {}) =>
  (simulator = await startSimulator({ account, ...rest }));
/** With an endpoint that is told everything. */
const startTold = async (account: object = {}) => {
  receiver = await Receiver.start();
  await start(account, { webhook: { url: receiver.url } });
};
const create = (over: object = {}) => simulator.api('POST', TEMPLATES, { ...templateBody(), ...over });
const change = (body: object) =>
  simulator.control('PUT', '/accounts/acme/templates', { name: 'order_confirmation_v2', language: 'en_US', ...body });
const told = () => (receiver?.deliveries ?? []).map(({ event }) => event as unknown as Told);
const settled = () => simulator.control('GET', '/wait?pending=0&timeoutMs=10000');
const statusOf = async (id: string) => (await simulator.api('GET', `${TEMPLATES}/${id}`)).body.status;

describe('a submitted template (guide 001, section 2)', () => {
  it('waits for its review, is listed and found meanwhile, and exists once for a name and language', async () => {
    await start();
    const { status, body } = await create();
    expect({ status, body }).toMatchObject({ status: 201, body: { id: expect.any(String), status: 'PENDING' } });
    expect(await simulator.api('GET', `${TEMPLATES}/${body.id}`)).toMatchObject({ body: { status: 'PENDING' } });
    expect(await create()).toMatchObject({ status: 409, body: { code: 'template.exists' } });
    expect(await create({ language: 'de' })).toMatchObject({ status: 201 });
    expect(await simulator.api('GET', `${TEMPLATES}/made-up`)).toMatchObject({ status: 404 });
  });

  it('is approved or rejected by itself where that is set, and every step is told', async () => {
    const review = { inReviewAfterMs: 0, afterMs: 20, rejectNames: '^bad_', reason: 'INVALID_FORMAT' };
    await startTold({ review });
    const ids = [await create(), await create({ name: 'bad_one' })].map(({ body }) => body.id);
    await receiver!.until(4);
    const of = (name: string) =>
      told().flatMap((one) => (one.template.name === name ? [[one.status, one.reason]] : []));
    expect(of('order_confirmation_v2')).toEqual([
      ['in_review', undefined],
      ['approved', undefined],
    ]);
    expect(of('bad_one')).toEqual([
      ['in_review', undefined],
      ['rejected', 'INVALID_FORMAT'],
    ]);
    expect(new Set(told().map(({ type }) => type))).toEqual(new Set(['whatsapp_status_update']));
    expect([await statusOf(ids[0]!), await statusOf(ids[1]!)]).toEqual(['APPROVED', 'REJECTED']);
  });

  it('is rejected as often as is set, the same way with the same seed', async () => {
    const outcomes = async () => {
      receiver = await Receiver.start();
      const review = { afterMs: 0, rejectShare: 0.5 };
      await start({ review }, { webhook: { url: receiver.url }, settings: { seed: 7 } });
      for (let n = 0; n < 12; n++) await create({ name: `t_${n}` });
      await receiver.until(12);
      const found = told()
        .map(({ status, template }) => `${template.name} ${status}`)
        .sort();
      await simulator.close();
      await receiver.close();
      return found;
    };
    const [one, two] = [await outcomes(), await outcomes()];
    await start();
    expect(one).toEqual(two);
    expect(new Set(one.map((line) => line.split(' ')[1]))).toEqual(new Set(['approved', 'rejected']));
  });

  it('is one too many when the hour is full; what is no template goes on', async () => {
    await start({ limits: { ...NO_LIMITS, templates: { requests: 2, periodMs: 3_600_000 } } });
    const replies = [await create(), await create({ name: 'b' }), await create({ name: 'c' })];
    expect(replies.map(({ status }) => status)).toEqual([201, 201, 429]);
    expect(replies[2]).toMatchObject({ body: { code: 'template.limit.exceeded' } });
    expect(Number(replies[2]!.headers['retry-after'])).toBeGreaterThan(3_500);
    expect(await simulator.api('GET', TEMPLATES)).toMatchObject({ status: 200 });
    expect(await simulator.api('POST', MESSAGING_TEMPLATES, smsTemplateBody())).toMatchObject({ status: 201 });
  });
});

describe('an approved template (guide 001, edge case 2)', () => {
  it('is rejected later, thought less of, put in another category and approved again, each told in order', async () => {
    await startTold(seeded);
    await change({ status: 'REJECTED', rejection_reason: 'POLICY_VIOLATION' });
    await change({ quality: 'RED' });
    await change({ category: 'MARKETING' });
    await change({ status: 'PAUSED', tell: false });
    await change({ status: 'APPROVED' });
    await settled();
    const template = { id: 'tpl-1', name: 'order_confirmation_v2', language: 'en_US' };
    expect(told()).toMatchObject([
      { status: 'rejected', reason: 'POLICY_VIOLATION', template },
      { template: { ...template, quality: 'RED' } },
      { template: { ...template, category: 'MARKETING' } },
      { status: 'approved', template },
    ]);
    expect(await simulator.api('GET', `${TEMPLATES}/tpl-1`)).toMatchObject({
      body: { status: 'APPROVED', quality: 'RED', category: 'MARKETING' },
    });
    expect(await simulator.lines('/events?template=order_confirmation_v2')).toHaveLength(4);
  });

  it('is told with a hyphen in its language where that is set: lists have none', async () => {
    await startTold(seeded);
    await simulator.control('PUT', '/accounts/acme/webhooks', { templateLanguage: 'en-US' });
    await change({ status: 'PAUSED' });
    await settled();
    expect(told()).toMatchObject([{ template: { language: 'en-US' } }]);
    expect(await simulator.api('GET', `${TEMPLATES}/tpl-1`)).toMatchObject({ body: { language: 'en_US' } });
  });

  it('is told to those who registered for it and to nobody else (guide 001, section 2)', async () => {
    receiver = await Receiver.start();
    await start(seeded, { webhook: { deliverTo: 'subscriptions' } });
    await change({ status: 'PAUSED' });
    const webhook = { name: 'lifecycle', url: receiver.url, events: ['whatsapp_status_update'], enabled: true };
    await simulator.api('POST', '/api/v2/messaging/webhooks', webhook);
    await change({ status: 'APPROVED' });
    await receiver.until(1);
    expect(told().map(({ status }) => status)).toEqual(['approved']);
  });

  it('is changed only by what there is', async () => {
    await start(seeded);
    await expect(change({})).rejects.toThrow('status: or quality or category is required');
    await expect(change({ status: 'GONE' })).rejects.toThrow('status: must be');
    await expect(change({ language: 'de', status: 'PAUSED' })).rejects.toThrow('404');
  });
});

describe('an SMS or e-mail template (guide 002, section 2)', () => {
  it('is created as published or as a draft, once for a name, and looked up by its id', async () => {
    await start();
    const sms = await simulator.api('POST', MESSAGING_TEMPLATES, smsTemplateBody());
    const mail = { name: 'Mail', type: 'email', subject: 'Order {{order_id}}', body: 'Hi', status: 'DRAFT' };
    await simulator.api('POST', MESSAGING_TEMPLATES, mail);
    expect(await simulator.api('POST', MESSAGING_TEMPLATES, mail)).toMatchObject({ status: 409 });
    expect((await simulator.api('GET', MESSAGING_TEMPLATES)).body.entities).toMatchObject([smsTemplateBody(), mail]);
    expect((await simulator.api('GET', `${MESSAGING_TEMPLATES}/${sms.body.id}`)).body).toMatchObject(smsTemplateBody());
    expect(await simulator.api('GET', `${MESSAGING_TEMPLATES}/made-up`)).toMatchObject({ status: 404 });
  });

  it('is changed without a word: guide 002 has no event for it', async () => {
    await startTold(seeded);
    await simulator.control('PUT', '/accounts/acme/messaging-templates', {
      name: 'OrderShipmentNotification',
      status: 'DRAFT',
      body: 'Hi',
    });
    expect((await simulator.api('GET', `${MESSAGING_TEMPLATES}/sms-1`)).body).toMatchObject({
      status: 'DRAFT',
      body: 'Hi',
    });
    await settled();
    expect(told()).toEqual([]);
  });

  it('needs one of the scopes that the guides name', async () => {
    await start({ scopes: ['messaging:templates:read'] });
    expect(await simulator.api('GET', MESSAGING_TEMPLATES)).toMatchObject({ status: 200 });
    expect(await simulator.api('GET', TEMPLATES)).toMatchObject({ status: 403 });
    const refused = await simulator.api('POST', MESSAGING_TEMPLATES, smsTemplateBody());
    expect(refused.body.message).toBe('scope: messaging:template:write or messaging:templates:write is required');
  });
});
