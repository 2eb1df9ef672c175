import { describe, expect, it } from '@jest/globals';
import { LiveLine } from './live-line.ts';

function written(isTTY: boolean, use: (live: LiveLine) => void, columns = 80): string {
  let text = '';
  use(new LiveLine({ isTTY, columns, write: (more: string) => void (text += more) }));
  return text.replaceAll('\r\u001B[K', '<');
}

const play = (live: LiveLine): void => {
  live.say('begins');
  live.show('1 of 2');
  live.show('1 of 2');
  live.say('a customer writes');
  live.show('2 of 2');
  live.end();
  live.say('is over');
};

describe('a line that moves', () => {
  it('is drawn over itself, below what is said meanwhile, and stays when it ends', () => {
    expect(written(true, play)).toBe('begins\n<1 of 2<a customer writes\n1 of 2<2 of 2\nis over\n');
  });

  it('is cut at the width of the terminal, so that it never wraps', () => {
    expect(written(true, (live) => live.show('0123456789'), 8)).toBe('<0123456');
  });

  it('is a line of its own each time where there is no terminal', () => {
    expect(written(false, play)).toBe('begins\n1 of 2\na customer writes\n2 of 2\nis over\n');
  });
});
