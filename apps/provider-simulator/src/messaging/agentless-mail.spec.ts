import { afterEach, describe, expect, it } from '@jest/globals';
import { isReceipt, Receiver } from '../testing/receiver.ts';
import { CUSTOMER, startSimulator, type Running } from '../testing/running.ts';
import { AGENTLESS } from '../testing/templates.ts';

let simulator: Running;
let receiver: Receiver;
afterEach(async () => {
  await simulator.close();
  await receiver.close();
});

describe('an agentless send by e-mail (guide 002, sections 2 and 3)', () => {
  const MAIL_SENDER = 'orders@acme.example';
  const MAIL_CUSTOMER = 'jana@example.com';
  const template = {
    id: 'mail-1',
    name: 'Mail',
    type: 'email',
    subject: 'Hi {{name}}',
    body: 'You',
    status: 'PUBLISHED',
  };
  const mail = (over: object = {}) => ({
    conversationType: 'email',
    addresses: [{ channelType: 'EMAIL', address: MAIL_CUSTOMER }],
    templateId: 'mail-1',
    body: { name: 'Jana' },
    ...over,
  });
  const startWithMail = async (account: object = {}) => {
    const senders = [{ channel: 'email', address: MAIL_SENDER }];
    receiver = await Receiver.start();
    const webhook = { url: receiver.url, receipts: [{ status: 'delivered' as const, afterMs: 1 }] };
    simulator = await startSimulator({ account: { messagingTemplates: [template], senders, ...account }, webhook });
  };

  it('opens a conversation in which the customer answers, STOP as well; receipts name both addresses', async () => {
    await startWithMail();
    const sent = await simulator.api('POST', AGENTLESS, mail());
    const addresses = [{ address: MAIL_CUSTOMER, channelType: 'EMAIL' }];
    expect(sent.body).toEqual({ conversationId: expect.any(String), status: 'INITIATED', addresses });
    const [receipt] = await receiver.until(1, isReceipt);
    const ids = { from: { id: `email:${MAIL_SENDER}` }, to: { id: `email:${MAIL_CUSTOMER}` } };
    expect(receipt!.event).toMatchObject({ conversation: { id: sent.body.conversationId }, ...ids });
    const from = `email:${MAIL_CUSTOMER}`;
    const said = { from, to: `email:${MAIL_SENDER}`, text: 'STOP' };
    const written = await simulator.control('POST', '/accounts/acme/customer-messages', said);
    expect(written).toMatchObject({ conversationId: sent.body.conversationId });
    const [answer] = await receiver.until(1, ({ event }) => event.body !== undefined);
    expect(answer!.event).toMatchObject({ from: { id: from }, body: { type: 'text', text: 'STOP' } });
  });

  it.each<[string, string, object]>([
    ['addresses[0].channelType', 'is missing', { addresses: [{ address: MAIL_CUSTOMER }] }],
    ['addresses[0].channelType', 'is another one', { addresses: [{ channelType: 'SMS', address: MAIL_CUSTOMER }] }],
    [
      'addresses[0].channelType',
      'is in small letters',
      { addresses: [{ channelType: 'email', address: MAIL_CUSTOMER }] },
    ],
    ['addresses[0].address', 'is a number', { addresses: [{ channelType: 'EMAIL', address: CUSTOMER }] }],
    ['addresses', 'are two', { addresses: [...mail().addresses, ...mail().addresses] }],
    ['conversationType', 'is missing', { conversationType: undefined }],
  ])('is refused, naming %s, when it %s', async (field, _title, over) => {
    await startWithMail();
    const { status, body } = await simulator.api('POST', AGENTLESS, mail(over));
    expect([status, body.message.split(': ')[0]]).toEqual([400, field]);
    expect(await simulator.lines('/requests?messages=true')).toEqual([]);
  });

  it('is refused while its template is not PUBLISHED (edge case 3)', async () => {
    await startWithMail({ messagingTemplates: [{ ...template, status: 'DRAFT' }] });
    expect(await simulator.api('POST', AGENTLESS, mail())).toMatchObject({
      status: 400,
      body: { code: 'template.not.published' },
    });
  });
});
