export { ContentFilters, type Judgement } from './content-filters.ts';
