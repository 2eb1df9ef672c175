export type * from './catalogue/choice.ts';
export { TemplateCatalogue } from './catalogue/template-catalogue.ts';
export { checkTemplates } from './check/check-templates.ts';
export { definitionOf, nameAndVersionOf, providerNameOf, sameDefinition } from './definition.ts';
export { readTemplateFile, type ReadTemplate } from './file/read-template-file.ts';
export type { TemplateFile, TemplateParts } from './file/template-file.ts';
export { writeTemplateFile } from './file/write-template-file.ts';
export { renderTemplate, type RenderedTemplate } from './render/render-template.ts';
export type { TemplateProblem } from './template-problem.ts';
