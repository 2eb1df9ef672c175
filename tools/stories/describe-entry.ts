import type { TimelineEntry } from '@heliograph/contracts';

type Fact = Record<string, unknown>;

interface Content {
  type?: string;
  text?: string;
  payload?: string;
  title?: string;
  caption?: string;
  name?: string;
  parameters?: string[];
  variables?: Record<string, string>;
  choices?: { label: string }[];
  actions?: { title: string }[];
}

/** One line for people per kind of fact; kinds that are not here show their name. */
const LINES: Record<string, (fact: Fact) => string> = {
  'message.received': (fact) => `customer  ▸ ${said(fact)}`,
  'message.sent': (fact) => `  we      ◂ ${said(fact)}`,
  'message.status-reported': ({ status }) => `  receipt   ${text(status)}`,
  'message.failed': (fact) =>
    `  failed    ${[said(fact), text(fact.reason)].filter((part) => part !== '').join(' – ')}`,
  'message.suppressed': (fact) => `  silent    ${said(fact)} – ${text(fact.reason)}`,
  'message.unresolved': ({ reason }) => `  unknown   ${text(reason)}`,
  'message.held': (fact) => `  held      ${said(fact.command as Fact)}`,
  'message.diverted': ({ reason, command }) => `  diverted  to ${text((command as Fact).channel)}: ${text(reason)}`,
  'message.released': ({ because }) => `  released  ${text(because)}`,
  'provider-conversation.opened': () => '  provider  opened a conversation',
  'provider-conversation.changed': ({ state }) => `  provider  conversation is ${text(state)}`,
  'contact.consent-reported': ({ change, purpose }) =>
    `  consent   ${text(change)} of ${text(purpose)}, at the provider`,
  'conversation.assigned': (fact) => `  provider  assigned to ${assignee(fact)}`,
  'conversation.handed-off': (fact) =>
    `  hand-off  to ${assignee(fact)}, with ${count(fact.transcript, 'line')} of transcript`,
  'participant.accepted': ({ agentId }) => `  agent     ${text(agentId)} has accepted`,
  'participant.wrapped-up': ({ agentId, code }) => `  agent     ${text(agentId)} has wrapped up: ${text(code)}`,
  'conversation.closed': ({ code, wrappedUp }) => `  closed    ${text(code)}${forAgents(wrappedUp)}`,
  'command.failed': ({ command, reason }) => `  failed    ${text(command)}: ${text(reason)}`,
  'reply.routed': ({ payload, ...route }) => `  routed    ${text(payload)} stands for ${target(route)}`,
  'session.opened': ({ reason }) => `  session   opened: ${text(reason)}`,
  'session.stage-changed': ({ from, to }) => `  session   ${text(from)} → ${text(to)}`,
  'session.deadline-passed': ({ deadline, stage }) => `  deadline  of ${text(stage ?? deadline)} has passed`,
  'session.stuck': ({ stage, action }) => `  session   stuck in ${text(stage)}: ${text(action)}`,
  'session.closed': () => '  session   closed',
};

/** What a fact says, as one line for people. */
export function describeEntry({ kind, fact }: TimelineEntry): string {
  return LINES[kind]?.(fact) ?? `  ${kind}`;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The words of a message, with the buttons it offers, or what a pressed one stands for. */
function said({ content = {} }: Fact): string {
  const {
    type,
    text: words,
    payload,
    title,
    caption,
    name,
    variables = {},
    parameters = Object.values(variables),
    choices = [],
    actions = [],
  } = content as Content;
  const buttons = [...choices.map(({ label }) => label), ...actions.map((action) => action.title)];
  const template = name === undefined ? undefined : `template ${name} (${parameters.join(', ')})`;
  return [
    words ?? title ?? template ?? caption ?? type ?? '',
    ...buttons.map((button) => `[${button}]`),
    ...(payload === undefined ? [] : [`(${payload})`]),
  ].join(' ');
}

function assignee({ assigneeKind, assigneeId, accepted }: Fact): string {
  const pending = assigneeKind === 'agent' && accepted === false ? ' (pending)' : '';
  return `${text(assigneeKind)} ${text(assigneeId)}${pending}`;
}

function target({ action, queueId, skills, agentId, lastAgent }: Fact): string {
  const named = [
    action !== undefined && `action ${text(action)}`,
    queueId !== undefined && `queue ${text(queueId)}`,
    Array.isArray(skills) && `skill ${(skills as { id: string }[]).map(({ id }) => id).join(', ')}`,
    agentId !== undefined && `agent ${text(agentId)}`,
    lastAgent === true && 'the last agent',
  ];
  return named.filter((name) => name !== false).join(', ');
}

function forAgents(agents: unknown): string {
  return Array.isArray(agents) && agents.length > 0 ? `, wrapped up for ${agents.join(', ')}` : '';
}

function count(list: unknown, unit: string): string {
  const { length } = list as unknown[];
  return `${length} ${unit}${length === 1 ? '' : 's'}`;
}
