import { describe, expect, it } from '@jest/globals';
import { smsFile, whatsappFile } from '../../test/files.ts';
import { readTemplateFile } from '../file/read-template-file.ts';
import type { TemplateFile } from '../file/template-file.ts';
import { checkTemplates } from './check-templates.ts';

function file(content: object, path = 'a.yaml'): TemplateFile {
  const read = readTemplateFile(JSON.stringify(content, null, 1), path);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.template;
}
const plain = (name: string, fallbacks: object[] = [], fields: object = {}) =>
  file(
    {
      ...whatsappFile(),
      name,
      variables: {},
      languages: { en: { body: 'Your order.' }, de: { body: 'Ihre Bestellung.' } },
      fallbacks,
      ...fields,
    },
    `${name}.yaml`,
  );
const told = (...files: TemplateFile[]) =>
  checkTemplates(files).map(
    ({ file: path, severity, rule, place, reason }) => `${path} ${severity} ${rule} ${place}: ${reason}`,
  );

describe('files of one directory', () => {
  it('do not share a name', () => {
    expect(told(plain('a'), plain('b'), file(whatsappFile({ name: 'a' }), 'c.yaml'))).toEqual([
      'c.yaml error name-twice name: is that of a.yaml too: "a"',
    ]);
  });

  it('tell the line of what they say', () => {
    expect(checkTemplates([plain('a', [{ template: 'gone' }])])[0]).toMatchObject({
      line: 16,
      place: 'fallbacks[0].template',
    });
  });
});

describe('fallbacks (guide 001, edge case 2)', () => {
  it('exist, in the files or among what was applied', () => {
    expect(told(plain('order', [{ template: 'order_shrt' }]), plain('order_short'))).toEqual([
      'order.yaml error fallback-unknown fallbacks[0].template: is "order_shrt", which is no template here: did you mean "order_short"?',
    ]);
    expect(checkTemplates([plain('order', [{ template: 'applied' }])], [plain('applied')])).toEqual([]);
  });

  it('lead nowhere in a circle', () => {
    const files = [
      plain('a', [{ template: 'b' }]),
      plain('b', [{ template: 'c' }]),
      plain('c', [{ template: 'd' }, { template: 'a' }]),
      plain('d'),
    ];
    expect(told(...files)).toEqual([
      'a.yaml error fallback-circle fallbacks: lead back to the template itself: a → b → c → a',
      'b.yaml error fallback-circle fallbacks: lead back to the template itself: b → c → a → b',
      'c.yaml error fallback-circle fallbacks: lead back to the template itself: c → a → b → c',
    ]);
    const long = Array.from({ length: 2000 }, (_, n) => plain(`t${n}`, n < 1999 ? [{ template: `t${n + 1}` }] : []));
    expect(told(...long.slice(1990))).toEqual([]);
  });

  it('want no other variables than the template is given, of the same types', () => {
    const order = whatsappFile({
      name: 'order',
      fallbacks: [{ template: 'short' }],
      languages: whatsappFile().languages,
    });
    const short = (variables: object) =>
      file(
        whatsappFile({
          name: 'short',
          variables,
          languages: { en_US: { body: { text: 'Your order {{1}} is here.', variables: Object.keys(variables) } } },
        }),
        'short.yaml',
      );
    const [main] = [file(order, 'order.yaml')];
    expect(told(main, short({ order: { sample: 'a', max: 20 } }))).toEqual([]);
    expect(told(main, short({ code: { sample: 'a' } }))).toEqual([
      'order.yaml error fallback-variables fallbacks[0].template: is "short", which wants "code": this template has no such variable',
    ]);
    expect(told(main, short({ order: { type: 'number', sample: 1 } }))).toEqual([
      'order.yaml error fallback-variables fallbacks[0].template: is "short", whose "order" is a number, here a text',
    ]);
    expect(told(main, short({ order: { sample: 'a', max: 10 } }))).toEqual([
      expect.stringContaining(
        'warning fallback-length fallbacks[0].template: is "short", which takes 10 characters of "order", 20 here',
      ),
    ]);
  });

  it('are there in all of its languages, and on the channel that is said', () => {
    const german = plain('german', [], { languages: { de: { body: 'Ihre Bestellung.' } } });
    expect(told(plain('a', [{ template: 'german' }]), german)).toEqual([
      'a.yaml error fallback-language fallbacks[0].template: is "german", which is not there in en',
    ]);
    const sms = file(
      smsFile({ name: 'sms', variables: {}, languages: { en: { body: 'a' }, de: { body: 'b' } } }),
      'sms.yaml',
    );
    expect(told(plain('a', [{ template: 'sms', channel: 'sms', sender: 'alerts' }]), sms)).toEqual([]);
    expect(told(plain('a', [{ template: 'sms' }]), sms)).toEqual([
      'a.yaml error fallback-channel fallbacks[0].template: is "sms", which is for sms: say channel and sender if that is meant',
    ]);
  });
});
