import { callWell } from './http.ts';

/** What the simulated provider says of a template from now on; what is absent stays as it is. */
export interface TemplateVerdict {
  readonly name: string;
  readonly language: string;
  readonly status?: 'PENDING' | 'IN_REVIEW' | 'APPROVED' | 'REJECTED' | 'PAUSED' | 'DISABLED';
  readonly rejection_reason?: string;
  readonly quality?: 'GREEN' | 'YELLOW' | 'RED' | 'UNKNOWN';
  readonly category?: 'UTILITY' | 'MARKETING' | 'AUTHENTICATION';
  /** Whether an event tells of it; true when absent. */
  readonly tell?: boolean;
}

/** A template as the simulated provider has it. */
export interface SimulatedTemplate {
  readonly id: string;
  readonly name: string;
  /** Absent for SMS and e-mail. */
  readonly language?: string;
  readonly status: string;
}

/** The reviewers of the simulated provider. */
export class SimulatedTemplates {
  readonly #account: string;

  /** @param address of the simulator */
  constructor(address: string, account: string) {
    this.#account = `${address}/control/accounts/${account}`;
  }

  change(verdict: TemplateVerdict): Promise<SimulatedTemplate> {
    return callWell(`${this.#account}/templates`, { method: 'PUT', body: verdict });
  }

  /** Of SMS and e-mail; no event tells of it (guide 002). */
  changeMessaging(verdict: {
    readonly name: string;
    readonly status?: 'PUBLISHED' | 'DRAFT' | 'REJECTED';
    readonly body?: string;
  }): Promise<SimulatedTemplate> {
    return callWell(`${this.#account}/messaging-templates`, { method: 'PUT', body: verdict });
  }

  list(): Promise<{
    readonly templates: readonly SimulatedTemplate[];
    readonly messagingTemplates: readonly SimulatedTemplate[];
  }> {
    return callWell(`${this.#account}/templates`);
  }
}
