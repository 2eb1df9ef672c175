import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** What an API page says of the API as a whole. */
export interface ApiPage {
  readonly title: string;
  /** Markdown. */
  readonly description: string;
}

type Modules = (abstract new (...args: never[]) => object)[];

/** Serves the API page at `/docs` and its description at `/docs-json`. Covers the controllers of `modules`. */
export function serveOpenApi(app: INestApplication, modules: Modules, { title, description }: ApiPage): void {
  const config = new DocumentBuilder()
    .setTitle(title)
    .setDescription(description)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'API key' })
    .build();
  const document = SwaggerModule.createDocument(app, config, { include: modules });
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'docs-json', customSiteTitle: title });
}
