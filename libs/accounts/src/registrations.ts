/**
 * What can be registered at a provider: conversation events, message and opt-out events, approval of templates. What each
 * means in the provider's words is its profile's business.
 */
export const REGISTRATIONS = ['events', 'messages', 'template-status'] as const;
export type Registration = (typeof REGISTRATIONS)[number];
