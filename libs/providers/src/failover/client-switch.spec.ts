import { describe, expect, it } from '@jest/globals';
import { CredentialsRefused, TokenUnavailable } from '../token-source.ts';
import { ClientSwitch, type OAuthClient } from './client-switch.ts';

const MINUTE = 60_000;
const down = () => new TokenUnavailable('acme', 'status 502');
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Two clients whose token requests end as the test says, and a clock it moves. */
function setUp({ secondary = true } = {}) {
  const clock = { now: 1_000 };
  const moves: string[] = [];
  const client = (id: string) => {
    const one = {
      id,
      asked: 0,
      failure: undefined as Error | undefined,
      client: {
        prepared: () => one.failure === undefined,
        prepare: () => (one.asked++, one.failure ? Promise.reject(one.failure) : Promise.resolve()),
      },
    };
    return one satisfies OAuthClient;
  };
  const [first, second] = [client('first'), client('second')];
  const options = { now: () => clock.now, moved: (id: string) => moves.push(id) };
  return { first, second, clock, moves, at: new ClientSwitch(first, secondary ? second : undefined, options) };
}

describe('the switch between two OAuth clients', () => {
  it('stays with the primary as long as that gets tokens', async () => {
    const { at, moves, second } = setUp();
    await at.prepare();
    expect([at.use().id, at.state, moves, second.asked]).toEqual(['first', 'closed', [], 0]);
  });

  it.each([
    ['throttled', () => new TokenUnavailable('acme', 'status 429', Date.now() + 5_000)],
    ['refused', () => new CredentialsRefused('acme', 'status 401')],
  ])('moves to the secondary at once when the primary is %s', async (_title, failure) => {
    const { at, first, second, moves } = setUp();
    first.failure = failure();
    const moved = at.moved;
    await at.prepare();
    await moved;
    expect([at.use().id, at.state, moves, second.asked]).toEqual(['second', 'open', ['second'], 1]);
  });

  it('moves after the third failure in a row; the same failure told again does not count', async () => {
    const { at, first } = setUp();
    for (let failures = 1; failures <= 2; failures++) {
      first.failure = down();
      for (let told = 0; told < 5; told++) await expect(at.prepare()).rejects.toBe(first.failure);
    }
    expect(at.use().id).toBe('first');
    first.failure = down();
    await at.prepare();
    expect(at.use().id).toBe('second');
  });

  it('asks for one token of the primary when its time has come, and moves back when it gets it', async () => {
    const { at, first, clock, moves } = setUp();
    first.failure = new TokenUnavailable('acme', 'status 429', Date.now() + MINUTE);
    await at.prepare();
    clock.now += MINUTE - 1_000;
    at.use();
    expect([at.state, first.asked]).toEqual(['open', 1]);
    first.failure = undefined;
    clock.now += 2_000;
    for (let asked = 0; asked < 10; asked++) expect(at.use().id).toBe('second');
    expect([at.state, first.asked]).toEqual(['half-open', 2]);
    await settle();
    expect([at.use().id, at.state, first.asked, moves]).toEqual(['first', 'closed', 2, ['second', 'first']]);
  });

  it('leaves the primary alone again when it still gets no token', async () => {
    const { at, first, clock, moves } = setUp();
    first.failure = new CredentialsRefused('acme', 'status 401');
    await at.prepare();
    clock.now += 30_001;
    at.use();
    await settle();
    expect([at.use().id, at.state, first.asked]).toEqual(['second', 'open', 2]);
    clock.now += 29_000;
    at.use();
    expect([first.asked, moves]).toEqual([2, ['second']]);
  });

  it('moves when somebody else found the primary throttled', () => {
    const { at, clock } = setUp();
    at.avoidPrimary(1_000);
    expect([at.use().id, at.state]).toEqual(['second', 'open']);
    clock.now += 1_000;
    at.use();
    expect(at.state).toBe('half-open');
  });

  it('tells what failed when neither gets a token', async () => {
    const { at, first, second } = setUp();
    first.failure = new CredentialsRefused('acme', 'status 401');
    second.failure = down();
    await expect(at.prepare()).rejects.toBe(second.failure);
  });

  it('never moves without a secondary', async () => {
    const { at, first, moves } = setUp({ secondary: false });
    first.failure = new CredentialsRefused('acme', 'status 401');
    await expect(at.prepare()).rejects.toBe(first.failure);
    at.avoidPrimary(1_000);
    expect([at.use().id, at.state, moves]).toEqual(['first', 'closed', []]);
  });
});
