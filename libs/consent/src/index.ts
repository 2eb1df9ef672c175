export * from './consent-fold.ts';
export * from './consent-reader.ts';
export * from './early-stops.ts';
export * from './forbids.ts';
export * from './keys.ts';
export * from './keyword-words.ts';
export * from './keywords.ts';
export { normalise } from './normalise.ts';
export * from './subject.ts';
