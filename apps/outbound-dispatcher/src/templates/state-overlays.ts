import { isSendable, templateKey, type TemplateState } from '@heliograph/contracts';

interface Overlay {
  readonly state: TemplateState;
  /** Milliseconds of Date.now(). */
  readonly untilMs: number;
}

/** States of templates as the topic tells them, and over some of them, for a while, what was looked up at the provider. */
export class StateOverlays {
  private readonly known = new Map<string, TemplateState>();
  private readonly laid = new Map<string, Overlay>();

  /** @param apply is called with what counts from now on; without a state: nothing does */
  constructor(private readonly apply: (key: string, state: TemplateState | undefined) => void) {}

  told(state: TemplateState): void {
    const key = templateKey(state);
    this.known.set(key, state);
    const over = this.laid.get(key)?.state;
    if (over && isSendable(state.status) && Date.parse(state.checkedAt) < Date.parse(over.checkedAt)) return;
    this.laid.delete(key);
    this.apply(key, state);
  }

  removed(key: string): void {
    this.known.delete(key);
    this.laid.delete(key);
    this.apply(key, undefined);
  }

  lay(state: TemplateState, untilMs: number): void {
    const key = templateKey(state);
    this.laid.set(key, { state, untilMs });
    this.apply(key, state);
  }

  /** What was laid over until then does not count any more. */
  expire(nowMs: number): void {
    for (const [key, { untilMs }] of this.laid) {
      if (nowMs < untilMs) continue;
      this.laid.delete(key);
      this.apply(key, this.known.get(key));
    }
  }
}
