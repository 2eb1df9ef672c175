export type * from './capabilities/capabilities.ts';
export { capabilitiesOf } from './capabilities/table.ts';
export { choiceOf } from './choices/choice-of.ts';
export { fit, type Fit } from './fit/fit.ts';
export { splitText } from './fit/split-text.ts';
export { smsSegments, type SmsSegments } from './sms/segments.ts';
