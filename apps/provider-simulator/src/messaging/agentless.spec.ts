import { afterEach, describe, expect, it } from '@jest/globals';
import { addressHash } from '../exchange/digest.ts';
import { isReceipt, Receiver } from '../testing/receiver.ts';
import {
  CUSTOMER,
  NO_LIMITS,
  SENDER,
  SMS_SENDER,
  startSimulator,
  type Options,
  type Running,
} from '../testing/running.ts';
import { AGENTLESS, seeded, smsSend, whatsappSend } from '../testing/templates.ts';

let simulator: Running;
let receiver: Receiver | undefined;
afterEach(async () => {
  await simulator.close();
  await receiver?.close();
  receiver = undefined;
});

const start = async ({ account, ...rest }: Options = {}) => {
  simulator = await startSimulator({ account: { ...seeded, ...account }, ...rest });
};
const startTold = async (account: object = {}) => {
  receiver = await Receiver.start();
  await start({ account, webhook: { url: receiver.url, receipts: [{ status: 'delivered', afterMs: 1 }] } });
};
const send = (body: object) => simulator.api('POST', AGENTLESS, body);
const evidence = () => simulator.lines('/requests?messages=true');
const change = (status: string) =>
  simulator.control('PUT', '/accounts/acme/templates', { name: 'order_confirmation_v2', language: 'en_US', status });
const changeSms = (body: object) =>
  simulator.control('PUT', '/accounts/acme/messaging-templates', { name: 'OrderShipmentNotification', ...body });
/** {@link whatsappSend} with other values. */
const withValues = (...parameters: string[]) => {
  const { messages, ...rest } = whatsappSend();
  return { ...rest, messages: [{ ...messages[0], parameters }] };
};

describe('an agentless send', () => {
  it('opens a conversation of its own each time, in which the customer can answer (guide 002, section 3)', async () => {
    await start();
    const [one, two] = [await send(whatsappSend()), await send(whatsappSend())];
    expect([one, two]).toMatchObject([{ status: 201, body: { status: 'INITIATED' } }, { status: 201 }]);
    expect(one.body.conversationId).not.toBe(two.body.conversationId);
    expect(Object.keys(one.body)).toEqual(['conversationId', 'status']);
    expect(await simulator.customerWrites('Thanks')).toBe(two.body.conversationId);
    const sms = await send(smsSend('sms-1'));
    const addresses = [{ address: CUSTOMER, channelType: 'SMS' }];
    expect(sms.body).toEqual({ conversationId: expect.any(String), status: 'INITIATED', addresses });
  });

  it('is in the evidence with template, language, values and the status of the template when it arrived', async () => {
    await start();
    const { body } = await send(whatsappSend());
    await send(smsSend('sms-1'));
    const toHash = (channel: string) => addressHash(`${channel}:${CUSTOMER}`);
    expect(await evidence()).toMatchObject([
      {
        conversationId: body.conversationId,
        messageId: body.conversationId,
        number: `whatsapp:${SENDER}`,
        toHash: toHash('whatsapp'),
        agentless: 'whatsapp',
        traffic: 'agentless',
        template: 'order_confirmation_v2',
        language: 'en_US',
        templateStatus: 'APPROVED',
        text: 'ORD-98765 | John Doe | ORD-98765 | 2023-11-01 | ORD-98765',
      },
      {
        number: `sms:${SMS_SENDER}`,
        toHash: toHash('sms'),
        agentless: 'sms',
        templateId: 'sms-1',
        template: 'OrderShipmentNotification',
        templateStatus: 'PUBLISHED',
        text: 'Your order ORD-998877 has shipped. Track at https://track.example.com/998877.',
      },
    ]);
  });

  it('has its receipts under the id of its conversation, with both addresses', async () => {
    await startTold();
    const { body } = await send(whatsappSend());
    const [receipt] = await receiver!.until(1, isReceipt);
    expect(receipt!.event).toMatchObject({
      status: 'delivered',
      message: { id: body.conversationId },
      conversation: { id: body.conversationId },
      from: { id: `whatsapp:${SENDER}` },
      to: { id: `whatsapp:${CUSTOMER}` },
    });
  });

  it('offers the replies of its template: what is pressed comes back (guide 001, section 4)', async () => {
    await startTold();
    const { body } = await send(whatsappSend());
    const at = `/accounts/acme/conversations/${body.conversationId}/press`;
    await simulator.control('POST', at, { payload: 'PAYLOAD_CHECK_ORDER' });
    const [pressed] = await receiver!.until(1, ({ event }) => event.body !== undefined);
    const label = 'Check Order Status';
    expect(pressed!.event.body).toEqual({ type: 'button', text: label, payload: 'PAYLOAD_CHECK_ORDER' });
    await expect(simulator.control('POST', at, { payload: 'OTHER' })).rejects.toThrow('was not offered');
  });

  it('needs something to send from on its channel, and one of the scopes that the guides name', async () => {
    await start({ account: { scopes: ['messaging:conversations:write'] } });
    const mail = {
      conversationType: 'email',
      addresses: [{ channelType: 'EMAIL', address: 'jana@example.com' }],
      body: 'Hi',
    };
    expect(await send(mail)).toMatchObject({ status: 400, body: { code: '131050' } });
    expect(await send(whatsappSend())).toMatchObject({ status: 201 });
    await simulator.control('PATCH', '/accounts/acme/settings', { scopes: ['messaging:template:read'] });
    await simulator.logIn();
    expect(await send(whatsappSend())).toMatchObject({ status: 403 });
  });

  it('counts as agentless or, with a template that is MARKETING, as campaign, and in the budget of its number', async () => {
    const once = { requests: 1, periodMs: 60_000 };
    await start({ account: { limits: { ...NO_LIMITS, agentless: once } } });
    expect([(await send(smsSend('sms-1'))).status, (await send(whatsappSend())).status]).toEqual([201, 429]);
    const category = { name: 'order_confirmation_v2', language: 'en_US', category: 'MARKETING' };
    await simulator.control('PUT', '/accounts/acme/templates', category);
    expect((await send(whatsappSend())).status).toBe(201);
    await simulator.control('PATCH', '/accounts/acme/settings', { limits: { number: once, agentless: null } });
    expect([(await send(whatsappSend())).status, (await send(whatsappSend())).status]).toEqual([201, 429]);
    expect((await evidence()).map((line) => (line as { traffic?: string }).traffic)).toEqual([
      'agentless',
      'campaign',
      'campaign',
    ]);
  });
});

describe('a WhatsApp template that is not approved when its send arrives', () => {
  it.each(['PENDING', 'IN_REVIEW', 'REJECTED', 'PAUSED', 'DISABLED'])(
    'is refused: %s (guide 001, section 2)',
    async (status) => {
      await start();
      await change(status);
      expect(await send(whatsappSend())).toMatchObject({ status: 400, body: { code: '131050' } });
      expect(await evidence()).toEqual([]);
      expect(await simulator.lines('/requests?status=400')).toMatchObject([
        { templateStatus: status, accepted: false },
      ]);
    },
  );

  it('is accepted and never delivered where that is set: only the evidence shows it (guide 001, section 2, the trap)', async () => {
    await startTold({ dropUnapproved: true });
    await change('REJECTED');
    const dropped = await send(whatsappSend());
    expect(dropped).toMatchObject({ status: 201, body: { status: 'INITIATED' } });
    await change('APPROVED');
    const sent = await send(whatsappSend());
    const receipts = await receiver!.until(1, isReceipt);
    expect(receipts.map(({ event }) => event.conversation.id)).toEqual([sent.body.conversationId]);
    expect(await evidence()).toMatchObject([{ templateStatus: 'REJECTED' }, { templateStatus: 'APPROVED' }]);
  });

  it('or does not exist in that name or language is refused by the field', async () => {
    await start();
    const { messages, ...rest } = whatsappSend();
    const named = async (over: object) =>
      (await send({ ...rest, messages: [{ ...messages[0], ...over }] })).body.message;
    expect(await named({ templateName: 'no' })).toBe('messages[0].templateName: matches no approved template');
    expect(await named({ language: 'de' })).toBe('messages[0].language: matches no approved template');
  });
});

describe('values', () => {
  it('that are no date where a date belongs are accepted and fail later (guide 001, section 1, the trap)', async () => {
    await startTold();
    expect((await send(withValues('1', '2', '3', 'tomorrow', '5'))).status).toBe(201);
    const [receipt] = await receiver!.until(1, isReceipt);
    expect(receipt!.event).toMatchObject({ status: 'failed', reason: 'parameter 3 is no date' });
  });

  it('are as many as header, body and links have placeholders, else refused (guide 001, section 3)', async () => {
    await start();
    const { body } = await send(withValues('John Doe', 'ORD-98765', '2023-11-01'));
    expect(body.message).toMatch(/^messages\[0\]\.parameters: the template takes 5 parameters/);
  });

  it('of other names leave the placeholder for the customer to read (guide 002, section 2, the trap)', async () => {
    await start();
    const { body, ...rest } = smsSend('sms-1');
    expect((await send({ ...rest, body: { orderId: 'ORD-1', tracking_link: body['tracking_link'] } })).status).toBe(
      201,
    );
    await changeSms({ body: 'Order {{order_id}}, from {{shop}}' });
    expect((await send(smsSend('sms-1'))).status).toBe(201);
    expect(await evidence()).toMatchObject([
      { text: 'Your order {{order_id}} has shipped. Track at https://track.example.com/998877.' },
      { text: 'Order ORD-998877, from {{shop}}' },
    ]);
  });
});

describe('an SMS template that is not published when its send arrives (guide 002, edge case 3)', () => {
  it.each(['DRAFT', 'REJECTED'])('is refused: %s', async (status) => {
    await start();
    await changeSms({ status });
    expect(await send(smsSend('sms-1'))).toMatchObject({ status: 400, body: { code: 'template.not.published' } });
    expect(await simulator.lines('/requests?status=400')).toMatchObject([{ templateStatus: status }]);
  });

  it('or is of another type or not there is refused; a text needs none', async () => {
    const mail = {
      id: 'mail-1',
      name: 'Mail',
      type: 'email',
      subject: 'Hi {{name}}',
      body: 'You',
      status: 'PUBLISHED',
    };
    const senders = [
      { channel: 'sms', address: SMS_SENDER },
      { channel: 'email', address: 'orders@acme.example' },
    ];
    await start({ account: { messagingTemplates: [...seeded.messagingTemplates, mail], senders } });
    expect(await send(smsSend('mail-1'))).toMatchObject({
      status: 400,
      body: { message: 'templateId: is a template for email' },
    });
    expect(await send(smsSend('made-up'))).toMatchObject({ status: 404 });
    const { templateId: _none, ...rest } = smsSend('');
    expect(await send({ ...rest, body: 'A text' })).toMatchObject({ status: 201 });
    const addresses = [{ channelType: 'EMAIL', address: 'jana@example.com' }];
    expect(
      await send({ conversationType: 'email', addresses, templateId: 'mail-1', body: { name: 'Jana' } }),
    ).toMatchObject({ status: 201 });
    expect(await evidence()).toMatchObject([{ text: 'A text' }, { text: 'Hi Jana\nYou' }]);
  });
});
