import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { edited, wrong, type Change } from '../testing/edited.ts';
import { startSimulator, type Running } from '../testing/running.ts';
import {
  AGENTLESS,
  MESSAGING_TEMPLATES,
  seeded,
  smsSend,
  smsTemplateBody,
  TEMPLATES,
  templateBody,
  whatsappSend,
} from '../testing/templates.ts';

const BUTTONS = 'components[3].buttons';
const text = { type: 'TEXT', text: { default: 'x' } };
const header = { type: 'HEADER', format: 'TEXT' };
const reply = (id: string) => ({ type: 'REPLY', reply: { id, title: 'x' } });
const url = { type: 'URL', url: { title: 'x', url: 'https://x.example' } };
const phone = { type: 'PHONE_NUMBER', phone_number: { title: 'x', phone_number: '+15550009876' } };
const code = { type: 'COPY_CODE', copy_code: { title: 'x', code: 'x' } };

const templateChanges: Change[] = [
  // Names, languages and categories (guide 001 §1; names as Meta has them).
  ...wrong('name', 'Order', 'order confirmation', 'ordrè', '', 'x'.repeat(513)),
  ...wrong('language', 'en-US', 'EN'),
  ...wrong('category', 'SERVICE'),
  ...wrong('provider', 'x'),
  // Placeholders and their parameters (guide 001 §1).
  ['components[1].text', 'components[1].text', 'Hi {{1}}, {{3}}, {{2}}.'],
  ['components[1].text', 'components[1].text', 'Hi {{1}}, {{2}} and {{4}}.'],
  ['components[1].text', 'components[1].text', 'Hi {{customer}}, {{2}} and {{3}}.'],
  ['components[1].text', 'components[1].text', 'Hi {{1}}, {{2}}, {{3}} and {{.'],
  ['components[1].parameters', 'components[1].text', 'Hi {{1}} and {{2}}.'],
  ...wrong('components[1].parameters'),
  ...wrong('components[1].parameters[0].text.default', '', 7),
  ...wrong(
    'components[1].parameters[2].date.default',
    'soon',
    '25.10.2023',
    '2023-13-01',
    '2023-02-30',
    '2023-10-25T09:00',
  ),
  ...wrong('components[1].parameters[2].type', 'CURRENCY'),
  ['components[0].text', 'components[0]', { ...header, text: 'Order #{{1}} of {{2}}', parameters: [text, text] }],
  ...wrong('components[0].text', 'x'.repeat(61)),
  ...wrong('components[1].text', 'x'.repeat(1025)),
  ...wrong('components[2].text', 'Reply {{1}}', 'x'.repeat(61)),
  // Buttons (guide 001 §4; their numbers and lengths as Meta has them).
  ...wrong(
    BUTTONS,
    [],
    Array.from({ length: 11 }, (_, n) => reply(`P${n}`)),
  ),
  ...wrong(`${BUTTONS}[0].type`, 'QUICK_REPLY'),
  ...wrong(`${BUTTONS}[0].reply.id`, 'two words', 'quo"te', 'a=b', 'x'.repeat(257), '', 'PAYLOAD-SPEAK-AGENT'),
  ...wrong(`${BUTTONS}[0].reply.title`, 'x'.repeat(26), ''),
  [`${BUTTONS}[2].type`, BUTTONS, [reply('A'), url, reply('B')]],
  [`${BUTTONS}[2].type`, BUTTONS, [url, url, url]],
  [`${BUTTONS}[1].type`, BUTTONS, [phone, phone]],
  [`${BUTTONS}[1].type`, BUTTONS, [code, code]],
  ...wrong(`${BUTTONS}[2].url.url`, 'ftp://x.example', 'https://x.example/{{1}}/more', 'https://x.example/{{name}}'),
  ...wrong(`${BUTTONS}[2].url.parameters`),
  ...wrong(`${BUTTONS}[2].url.parameters`, [text, text]),
  ...wrong(`${BUTTONS}[3].phone_number.phone_number`, '15550009876', '+1 555'),
  ...wrong(`${BUTTONS}[4].copy_code.code`, 'x'.repeat(16)),
];

const smsTemplateChanges: Change[] = [
  ...wrong('name'),
  ...wrong('type', 'SMS', 'whatsapp'),
  ...wrong('body', '', 7),
  ...wrong('status'),
  ...wrong('status', 'APPROVED', 'published'),
  ...wrong('subject', 'Order'),
  ...wrong('language', 'en_US'),
];

const whatsappChanges: Change[] = [
  ...wrong('participant'),
  ...wrong('participant.address.phoneNumber', '15550001234', 'whatsapp:+15550001234'),
  ...wrong('participant.address.channelType'),
  ...wrong('participant.address.channelType', 'WhatsApp', 'sms'),
  ...wrong('messages'),
  ...wrong('messages', []),
  ...wrong('messages[0].type', 'template'),
  ...wrong('messages[0].templateName'),
  ...wrong('messages[0].language', 7),
  ...wrong('messages[0].parameters', 'x', ['x'], ['1', '2', '3', '2023-11-01', '5', '6']),
  ...wrong('messages[0].parameters[1]', 'x'.repeat(1025)),
  ...wrong('messages[0].templateId', 'tpl-1'),
  ...wrong('from', 'x'),
];

const smsChanges: Change[] = [
  ...wrong('conversationType'),
  ...wrong('conversationType', 'SMS', 'whatsapp'),
  ...wrong('addresses', [], 'x'),
  ...wrong('addresses[0].channelType'),
  ...wrong('addresses[0].channelType', 'sms', 'EMAIL'),
  ...wrong('addresses[0].address', '15550001234', 'jana@example.com'),
  ...wrong('body', 'a text beside a template'),
  ...wrong('body.order_id', 7),
  ...wrong('templateName', 'x'),
  ['body', 'templateId', undefined],
];

let simulator: Running;
beforeAll(async () => (simulator = await startSimulator({ account: seeded })));
afterAll(() => simulator.close());

const tables: [string, string, () => object, Change[]][] = [
  [
    'creating a template (guide 001 §1, §4)',
    TEMPLATES,
    () => ({ ...templateBody(), name: 'another_one' }),
    templateChanges,
  ],
  [
    'creating an SMS template (guide 002 §2)',
    MESSAGING_TEMPLATES,
    () => ({ ...smsTemplateBody(), name: 'Other' }),
    smsTemplateChanges,
  ],
  ['sending a WhatsApp template agentless (guide 001 §3)', AGENTLESS, whatsappSend, whatsappChanges],
  ['sending an SMS template agentless (guide 002 §3)', AGENTLESS, () => smsSend('sms-1'), smsChanges],
];

describe.each(tables)('%s', (_name, path, valid, changes) => {
  it('is accepted as the guide shows it', async () => {
    expect(await simulator.api('POST', path, valid())).toMatchObject({ status: 201 });
  });

  it.each(changes)('is refused with 400 naming %s when %s is %j', async (named, changed, value) => {
    const { status, body } = await simulator.api('POST', path, edited(valid(), changed, value));
    expect({ status, message: body.message }).toMatchObject({ status: 400, message: expect.any(String) });
    expect(body.message.split(': ')[0]).toBe(named);
    expect(body.code).toBe('bad.request');
  });
});
