import { Subjects } from '@heliograph/consent';

export const CONSENT_KEY = 'a key of thirty-two bytes or more';
export const SUBJECTS = new Subjects(CONSENT_KEY);
