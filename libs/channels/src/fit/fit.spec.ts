import { describe, expect, it } from '@jest/globals';
import { CHANNELS, MessageContent, problemsOf, type Channel, type MediaType } from '@heliograph/contracts';
import fc from 'fast-check';
import { choiceOf } from '../choices/choice-of.ts';
import { fit } from './fit.ts';

const text = (length: number): MessageContent => ({ type: 'text', text: 'x'.repeat(length) });
const file = (type: MediaType, url: string, more: Partial<MessageContent> = {}): MessageContent => ({
  type,
  url,
  ...more,
});
const picture = file('image', 'https://files.example.test/a.jpg');
const menu = (count: number, label = 'No. '): MessageContent => ({
  type: 'quick-reply',
  title: 'How can we help?',
  choices: Array.from({ length: count }, (_, index) => ({ label: `${label}${index + 1}`, value: `v${index + 1}` })),
});
const card: MessageContent = {
  type: 'card',
  title: 'New product',
  subtitle: 'The latest',
  imageUrl: 'https://files.example.test/p.jpg',
  actions: [
    { type: 'postback', title: 'Learn more', payload: 'learn' },
    { type: 'web_url', title: 'Visit us', url: 'https://example.test/p' },
    { type: 'postback', title: 'Call me', payload: 'call' },
  ],
};
const place: MessageContent = { type: 'location', latitude: 52.5, longitude: -13.4, label: 'Our shop' };
const template: MessageContent = { type: 'template', name: 'order', language: 'en', parameters: [] };

function refusal(content: MessageContent, channel: Channel, policy: 'refuse' | 'split' | 'degrade' = 'refuse') {
  const result = fit(content, channel, policy);
  return result.ok ? [] : result.problems.map(({ field, reason }) => `${field} ${reason}`);
}
const contentsOf = (content: MessageContent, channel: Channel, policy: 'split' | 'degrade') => {
  const result = fit(content, channel, policy);
  return result.ok ? result.contents : result.problems;
};

describe('text limits (guide 003, "Character Limits by Channel")', () => {
  it.each([
    ['whatsapp', 4000],
    ['web', 4000],
    ['facebook', 2000],
    ['apple', 2000],
    ['instagram', 1000],
    ['sms', 765],
    ['x', 4000],
    ['line', 4000],
    ['open', 4000],
  ] as const)('%s carries %d characters and refuses one more, naming the limit', (channel, max) => {
    expect(refusal(text(max), channel)).toEqual([]);
    const [reason] = refusal(text(max + 1), channel);
    expect(reason).toMatch(/^text (has|takes 6 segments)/);
    expect(reason).toContain(channel === 'sms' ? 'sms allows 5' : `allows ${max.toLocaleString('en-US')}`);
  });

  it('an SMS with one character outside the GSM alphabet carries 335 units', () => {
    expect(refusal({ type: 'text', text: 'ж'.repeat(335) }, 'sms')).toEqual([]);
    expect(refusal({ type: 'text', text: 'ж'.repeat(336) }, 'sms')).toEqual([
      'text takes 6 segments (UCS-2, 336 units); sms allows 5 (guide 003, "Character Limits by Channel")',
    ]);
  });

  it('a longer text is split where that is asked for, and nothing else makes it fit', () => {
    expect(contentsOf(text(2500), 'instagram', 'split')).toEqual([text(1000), text(1000), text(500)]);
    expect(refusal(text(2500), 'instagram', 'degrade')).toHaveLength(1);
  });

  it('the list of choices stays with the last part of a split text', () => {
    const choices = [{ label: 'Yes', value: 'y' }];
    const parts = contentsOf({ ...text(1500), numbered: choices }, 'instagram', 'split');
    expect(parts).toEqual([text(1000), { ...text(500), numbered: choices }]);
  });
});

describe('attachments (guide 003, "File Attachments by Channel")', () => {
  const carried = (channel: Channel, name: string, type: MediaType) =>
    refusal(file(type, `https://files.example.test/${name}`), channel).length === 0;

  it.each([
    [
      'whatsapp',
      ['image a.jpg', 'image a.png', 'image a.GIF', 'file a.pdf', 'audio a.ogg'],
      ['video a.mp4', 'audio a.mp3', 'file a.zip', 'image a.webp', 'image a.pdf'],
    ],
    ['facebook', ['image a.jpeg', 'image a.png', 'image a.gif'], ['file a.pdf', 'audio a.ogg', 'video a.mp4']],
    ['web', ['image a.jpg', 'image a.png', 'image a.gif'], ['file a.pdf', 'audio a.ogg']],
    ['apple', ['image a.heic', 'file a.zip', 'video a.mov', 'audio a.ogg'], []],
    ['open', ['image a.webp', 'file a', 'video a.mp4', 'audio a.wav'], []],
    ['sms', [], ['image a.jpg', 'file a.pdf', 'audio a.ogg']],
    ['instagram', [], ['image a.jpg', 'audio a.ogg']],
    ['x', [], ['image a.jpg']],
    ['line', [], ['image a.jpg']],
  ] as const)('%s carries its formats and no others', (channel, yes, no) => {
    const check = (one: string) => carried(channel, one.split(' ')[1]!, one.split(' ')[0] as MediaType);
    expect([yes.filter(check), no.filter(check)]).toEqual([yes, []]);
  });

  it('100 MB are allowed on Apple, and one byte more is refused', () => {
    const bytes = 100 * 1024 * 1024;
    expect(refusal({ ...picture, sizeBytes: bytes }, 'apple')).toEqual([]);
    expect(refusal({ ...picture, sizeBytes: bytes + 1 }, 'apple')).toEqual([
      'sizeBytes is 104,857,601; apple allows 104,857,600 bytes (guide 003, "File Attachments by Channel")',
    ]);
  });

  it('voice notes are for WhatsApp only (guide 003, "Agent Behavior")', () => {
    const note = file('audio', 'https://files.example.test/note.ogg');
    const with_ = CHANNELS.filter((channel) => refusal(note, channel).length === 0);
    expect(with_).toEqual(['whatsapp', 'apple', 'open']);
    expect(refusal(note, 'facebook')).toEqual([
      'type audio cannot be carried by facebook, which carries text, image, quick-reply, card',
    ]);
  });

  it('the media type decides before the file name, and the name before the address', () => {
    const odd = { ...picture, url: 'https://files.example.test/a.jpg?as=.pdf' };
    expect(refusal(odd, 'whatsapp')).toEqual([]);
    expect(refusal({ ...odd, fileName: 'a.pdf' }, 'whatsapp')[0]).toMatch(
      /^mimeType is application\/pdf; whatsapp takes/,
    );
    expect(refusal({ ...odd, fileName: 'a.pdf', mimeType: 'IMAGE/PNG; x=1' }, 'whatsapp')).toEqual([]);
    expect(refusal(file('image', 'https://files.example.test/a'), 'whatsapp')[0]).toMatch(/^mimeType is needed/);
  });

  it('a caption that is too long is refused, or split off; one that cannot be shown follows its picture as text', () => {
    const words = { ...picture, caption: 'Your new shoes' };
    expect(refusal(words, 'whatsapp')).toEqual([]);
    expect(refusal({ ...picture, caption: 'x'.repeat(1025) }, 'whatsapp')[0]).toMatch(/^caption has 1,025 characters/);
    expect(refusal(words, 'facebook')).toEqual(['caption cannot be shown with image on facebook']);
    expect(contentsOf(words, 'facebook', 'split')).toEqual([picture, { type: 'text', text: 'Your new shoes' }]);
  });

  it('what a channel cannot carry becomes text with the link', () => {
    expect(contentsOf({ ...picture, caption: 'Your shoes' }, 'sms', 'degrade')).toEqual([
      { type: 'text', text: `Your shoes\n${picture.url}` },
    ]);
    const bill = file('file', 'https://files.example.test/b.pdf', { fileName: 'bill.pdf' });
    expect(contentsOf(bill, 'facebook', 'degrade')).toEqual([{ type: 'text', text: `bill.pdf\n${bill.url}` }]);
    expect(contentsOf(picture, 'x', 'degrade')).toEqual([{ type: 'text', text: picture.url }]);
  });
});

describe('structured messages (guide 004, "Message Not Appearing in Client")', () => {
  it.each([
    ['whatsapp', 3],
    ['facebook', 13],
    ['instagram', 13],
    ['apple', 5],
    ['line', 13],
    ['x', 20],
    ['web', 20],
    ['open', 20],
  ] as const)('%s carries %d choices and refuses more', (channel, max) => {
    expect(refusal(menu(max), channel)).toEqual([]);
    if (max < 20)
      expect(refusal(menu(max + 1), channel)[0]).toContain(`choices has ${max + 1} entries; ${channel} allows ${max}`);
  });

  it('a label that is too long is named by its place', () => {
    const { choices = [], ...rest } = menu(3);
    choices[2]!.label = 'x'.repeat(21);
    expect(refusal({ ...rest, choices }, 'whatsapp')[0]).toMatch(
      /^choices\.2\.label has 21 characters; whatsapp allows 20/,
    );
  });

  it('a card on WhatsApp has at most 3 buttons, all of which answer', () => {
    const answers = (count: number): MessageContent => ({
      ...card,
      actions: Array.from({ length: count }, () => card.actions![0]!),
    });
    expect(refusal(answers(3), 'whatsapp')).toEqual([]);
    expect(refusal(answers(4), 'whatsapp')[0]).toContain('actions has 4 entries; whatsapp allows 3');
    expect(refusal(card, 'whatsapp')[0]).toMatch(/^actions\.1\.type is web_url; whatsapp takes postback/);
    expect(refusal(card, 'facebook')).toEqual([]);
  });

  it('every problem is named at once', () => {
    const worst = {
      ...card,
      title: 'x'.repeat(81),
      actions: Array.from({ length: 4 }, () => ({ ...card.actions![0]!, title: 'x'.repeat(21) })),
    };
    const fields = refusal(worst, 'facebook').map((problem) => problem.split(' ')[0]);
    expect(fields).toEqual([
      'title',
      'actions',
      'actions.0.title',
      'actions.1.title',
      'actions.2.title',
      'actions.3.title',
    ]);
  });

  it('quick replies on a channel without them become a numbered list, whose numbers are mapped back', () => {
    const [list] = contentsOf(menu(3, 'Choice '), 'sms', 'degrade') as MessageContent[];
    expect(list!.text).toBe('How can we help?\n1. Choice 1\n2. Choice 2\n3. Choice 3');
    expect(choiceOf('2', list!.numbered!)).toEqual({ label: 'Choice 2', value: 'v2' });
  });

  it('a card becomes text: its links by name, its answers by number', () => {
    const [list] = contentsOf(card, 'sms', 'degrade') as MessageContent[];
    const lines = [
      'New product',
      'The latest',
      card.imageUrl,
      'Visit us: https://example.test/p',
      '1. Learn more',
      '2. Call me',
    ];
    expect(list).toEqual({
      type: 'text',
      text: lines.join('\n'),
      numbered: [
        { label: 'Learn more', value: 'learn' },
        { label: 'Call me', value: 'call' },
      ],
    });
  });

  it('a place becomes text with its label and coordinates', () => {
    expect(contentsOf(place, 'sms', 'degrade')).toEqual([{ type: 'text', text: 'Our shop (52.5, -13.4)' }]);
    expect(contentsOf({ ...place, label: undefined }, 'sms', 'degrade')).toEqual([
      { type: 'text', text: '52.5, -13.4' },
    ]);
  });

  it('what does not fit as text either is refused, and a template never becomes one', () => {
    expect(refusal({ ...menu(20), title: 'x'.repeat(700) }, 'sms', 'degrade')).toEqual([
      expect.stringMatching(/^type quick-reply as text takes 6 segments/),
    ]);
    for (const policy of ['refuse', 'split', 'degrade'] as const) {
      expect(refusal(template, 'web', policy)[0]).toMatch(/^type template cannot be carried by web/);
    }
    expect([refusal(template, 'whatsapp'), refusal(template, 'sms')]).toEqual([[], []]);
  });
});

describe('any content on any channel', () => {
  const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
  const long = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 2500 }).filter((one) => one.length <= 4000);
  const choices = fc.array(fc.record({ label: words, value: words }), { minLength: 1, maxLength: 20 });
  const media = fc.record({
    type: fc.constantFrom('image' as const, 'audio' as const, 'video' as const, 'file' as const),
    url: fc.constantFrom(
      'https://files.example.test/a.png',
      'https://files.example.test/b.pdf',
      'https://files.example.test/c',
    ),
  });
  const content: fc.Arbitrary<MessageContent> = fc.oneof(
    fc.record({ type: fc.constant('text' as const), text: long }),
    fc.record({ type: fc.constant('quick-reply' as const), title: words, choices }),
    fc.record({
      type: fc.constant('card' as const),
      title: words,
      actions: fc.array(fc.constantFrom(...card.actions!), { minLength: 1, maxLength: 20 }),
    }),
    fc.record({
      type: fc.constant('location' as const),
      latitude: fc.double({ min: -90, max: 90, noNaN: true }),
      longitude: fc.constant(7),
    }),
    media,
    fc.tuple(media, words).map(([one, caption]) => (one.type === 'audio' ? one : { ...one, caption })),
    fc.constant(template),
  );

  it('is made to fit or refused: what comes out is valid, fits as it is, and is the same when it is degraded again', () => {
    const policies = fc.constantFrom('refuse' as const, 'split' as const, 'degrade' as const);
    fc.assert(
      fc.property(content, fc.constantFrom(...CHANNELS), policies, (given, channel, policy) => {
        const result = fit(given, channel, policy);
        if (!result.ok) return expect(result.problems).not.toHaveLength(0);
        if (policy !== 'split') expect(result.contents).toHaveLength(1);
        for (const one of result.contents) {
          expect(problemsOf(MessageContent, one)).toEqual([]);
          expect(fit(one, channel, 'refuse')).toEqual({ ok: true, contents: [one], degraded: false });
          expect(fit(one, channel, 'degrade')).toEqual({ ok: true, contents: [one], degraded: false });
        }
        if (given.type === 'text') expect(result.contents.map((one) => one.text).join('')).toBe(given.text);
      }),
      { numRuns: 600 },
    );
  });
});
