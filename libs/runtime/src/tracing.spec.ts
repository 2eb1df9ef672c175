import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { parseTraceParent } from '@opentelemetry/core';
import fc from 'fast-check';
import { currentTraceparent, isTraceparent, newTraceparent, runWithTraceparent, traceIdOf } from './tracing.ts';

const GIVEN = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('trace context', () => {
  it('passes a given traceparent on unchanged, also to what is awaited', async () => {
    await runWithTraceparent(GIVEN, async () => {
      await turn();
      expect(currentTraceparent()).toBe(GIVEN);
    });
    expect(currentTraceparent()).toBeUndefined();
  });

  it.each([undefined, '', 'nonsense', GIVEN.toUpperCase(), `${GIVEN}-more`, GIVEN.replace('00-', 'ff-')])(
    'starts a new trace instead of %p',
    (given) => {
      const traceparent = runWithTraceparent(given, currentTraceparent);
      expect(isTraceparent(traceparent)).toBe(true);
      expect(traceparent).not.toBe(given);
    },
  );

  it('keeps concurrent works apart', async () => {
    const work = async (): Promise<boolean> => {
      const before = currentTraceparent();
      await turn();
      return before !== undefined && currentTraceparent() === before;
    };
    const traces = await Promise.all(Array.from({ length: 20 }, () => runWithTraceparent(undefined, work)));
    expect(traces.every(Boolean)).toBe(true);
  });

  it('writes what OpenTelemetry reads', () => {
    const traceparent = newTraceparent();
    expect(parseTraceParent(traceparent)).toMatchObject({ traceId: traceIdOf(traceparent), traceFlags: 1 });
  });

  it('accepts exactly what OpenTelemetry accepts, up to white space around it', () => {
    const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
    const mostlyValid = fc.tuple(
      fc.oneof(fc.constantFrom('00', '01', 'ff'), hex(2)),
      fc.oneof(hex(32), fc.constantFrom('0'.repeat(32), 'A'.repeat(32)), hex(31)),
      fc.oneof(hex(16), fc.constant('0'.repeat(16))),
      fc.oneof(hex(2), fc.constant('0')),
      fc.constantFrom('', '-', '-extra', 'x'),
    );
    const header = fc.oneof(
      mostlyValid.map(([v, t, s, f, rest]) => `${v}-${t}-${s}-${f}${rest}`),
      fc.string(),
    );
    fc.assert(
      fc.property(header, (text) => {
        fc.pre(text === text.trim());
        expect(isTraceparent(text)).toBe(parseTraceParent(text) !== null);
      }),
      { numRuns: 2000 },
    );
  });
});
