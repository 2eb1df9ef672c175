import { describe, expect, it } from '@jest/globals';
import { readAttachment, readContent, readTypedContent } from './read-content.ts';

const choices = [{ label: 'Billing', value: 'billing' }];
const problemsOf = (read: ReturnType<typeof readContent>) =>
  Array.isArray(read) ? read.map(({ field, reason }) => `${field}: ${reason}`) : [];

describe('the fields of a content (guide 004, "Construct the Structured Message Payload")', () => {
  it.each([
    ['image', { url: 'https://files.example.test/a.png', caption: 'a', sizeBytes: 7, mimeType: 'image/png' }],
    ['audio', { url: 'https://files.example.test/a.ogg' }],
    ['quick-reply', { title: 'Which?', choices }],
    ['card', { title: 'New', subtitle: 'shoes', actions: [{ type: 'postback', title: 'More', payload: 'more' }] }],
    ['card', { title: 'New', actions: [{ type: 'web_url', title: 'More', url: 'https://example.test' }] }],
    ['location', { latitude: 52.5, longitude: 13.4, label: 'Shop' }],
    ['template', { name: 'order', language: 'en', parameters: [] }],
  ] as const)('of a valid %s are taken as they are', (type, given) => {
    expect(readContent(type, given, 'here')).toEqual({ content: { type, ...given }, at: 'here' });
    expect(readTypedContent({ type, ...given }, 'content')).toEqual({ content: { type, ...given }, at: 'content' });
  });

  it.each([
    ['quick-reply', { title: 'Which?' }, 'here.choices: choices must be an array'],
    ['quick-reply', { title: 'Which?', choices: [] }, 'here.choices: choices must contain at least 1 elements'],
    ['quick-reply', { title: 'Which?', choices: [{ label: 'a' }] }, 'here.choices.0.value: value must be a string'],
    ['quick-reply', { choices }, 'here.title: title must be a string'],
    ['quick-reply', { title: 'a', choice: choices }, 'did you mean "choices"?'],
    [
      'quick-reply',
      { title: 'a', choices: [{ ...choices[0], text: 'a' }] },
      'here.choices.0.text: is not a known field',
    ],
    ['card', { title: 'a', actions: [{ type: 'postback', title: 'b' }] }, 'here.actions.0.payload: payload must be'],
    ['card', { title: 'a', actions: [{ type: 'web_url', title: 'b' }] }, 'here.actions.0.url: url must'],
    ['card', { title: 'a', actions: [{ type: 'call', title: 'b' }] }, 'here.actions.0.type: type must be one of'],
    ['card', { title: 'a', image: { url: 'x' }, actions: [] }, 'here.image: is not a known field of card'],
    ['image', { url: 'ftp://files.example.test/a.png' }, 'here.url: url must match'],
    ['image', { url: 'https://a b.test' }, 'here.url: url must match'],
    ['audio', { url: 'https://files.example.test/a.ogg', caption: 'a' }, 'here.caption: is not a known field of audio'],
    ['location', { latitude: 91, longitude: 0 }, 'here.latitude: latitude must not be greater than 90'],
    ['location', { latitude: '1', longitude: 0 }, 'here.latitude: latitude must be a number'],
    ['image', 'https://files.example.test/a.png', 'here: must be an object'],
    ['image', null, 'here: must be an object'],
  ] as const)('of a wrong %s are named: %j', (type, given, problem) => {
    expect(problemsOf(readContent(type, given, 'here'))).toContainEqual(expect.stringContaining(problem));
  });

  it('begin with a type that is known: a wrong one is refused with the nearest right one named', () => {
    expect(problemsOf(readTypedContent({ type: 'quickreply', title: 'a', choices }, 'content'))).toEqual([
      'content.type: must be one of text, image, audio, video, file, quick-reply, card, location, template: ' +
        'did you mean "quick-reply"?',
    ]);
    expect(problemsOf(readTypedContent({ text: 'a' }, 'content'))).toEqual([
      'content.type: must be one of text, image, audio, video, file, quick-reply, card, location, template',
    ]);
    expect(problemsOf(readTypedContent([], 'content'))).toEqual(['content: must be an object']);
  });

  it('of an attachment are those of a file', () => {
    expect(problemsOf(readAttachment({ type: 'text', text: 'a' }, 'attachments.0'))).toEqual([
      'attachments.0.type: must be one of image, audio, video, file',
    ]);
    expect(problemsOf(readAttachment('a', 'attachments.0'))).toEqual(['attachments.0: must be an object']);
  });
});
