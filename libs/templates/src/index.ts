export type { TemplateProblem } from './template-problem.ts';
