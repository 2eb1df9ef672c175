import { afterEach, describe, expect, it } from '@jest/globals';
import { CUSTOMER, startSimulator, type Running } from '../testing/running.ts';
import { seeded } from '../testing/templates.ts';

let simulator: Running;
afterEach(() => simulator.close());

const start = async () => (simulator = await startSimulator({ account: seeded }));
const evidence = () => simulator.lines('/requests?messages=true');

describe('a template that is sent into a conversation (guide 000, section 4)', () => {
  const text = (value: string) => ({ type: 'text', text: value });
  const components = (over: object[] = []) => [
    { type: 'header', parameters: [text('ORD-1')] },
    { type: 'body', parameters: [text('Jana'), text('ORD-1'), text('2023-11-01')] },
    { type: 'button', sub_type: 'url', index: '2', parameters: [text('ORD-1')] },
    ...over,
  ];
  const payload = (index: string) => ({
    type: 'button',
    sub_type: 'quick_reply',
    index,
    parameters: [{ type: 'payload', payload: 'OTHER' }],
  });
  const message = (given: object[]) => ({
    to: { id: `whatsapp:${CUSTOMER}`, type: 'person' },
    template: { name: 'order_confirmation_v2', language: { code: 'en_US' }, components: given },
  });

  it('takes header, body and buttons; another payload stands in for the one of the template', async () => {
    await start();
    const id = await simulator.customerWrites();
    expect((await simulator.send(id, message(components([payload('1')])))).status).toBe(201);
    expect(await evidence()).toMatchObject([{ language: 'en_US', templateStatus: 'APPROVED' }]);
    const press = (one: string) =>
      simulator.control('POST', `/accounts/acme/conversations/${id}/press`, { payload: one });
    await press('OTHER');
    await press('PAYLOAD_CHECK_ORDER');
    await expect(press('PAYLOAD-SPEAK-AGENT')).rejects.toThrow('was not offered');
  });

  it.each<[string, string, object[]]>([
    ['a link without its value', 'template.components', components().slice(0, 2)],
    ['two values for one link', 'template.components', components([components()[2]!])],
    ['a payload for a link', 'template.components[3].index', components([payload('2')])],
    ['a payload for a button that is not there', 'template.components[3].index', components([payload('9')])],
    [
      'a text where a payload belongs',
      'template.components[3].parameters[0].type',
      components([{ ...payload('0'), parameters: [text('x')] }]),
    ],
  ])('is refused by name: %s', async (_title, field, given) => {
    await start();
    const { status, body } = await simulator.send(await simulator.customerWrites(), message(given));
    expect([status, body.message.split(': ')[0]]).toEqual([400, field]);
  });
});
