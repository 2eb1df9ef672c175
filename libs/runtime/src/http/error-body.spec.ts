import { describe, expect, it } from '@jest/globals';
import {
  BadRequestException,
  ConflictException,
  InternalServerErrorException,
  NotFoundException,
} from '@nestjs/common';
import { Retryable, Unavailable } from '../errors.ts';
import { errorBody } from './error-body.ts';

const fastifyError = (statusCode: number, code: string, message: string): Error =>
  Object.assign(new Error(message), { statusCode, code });

describe('errorBody', () => {
  it.each([
    ['a text', new NotFoundException('no such message'), 404, 'Not Found', 'no such message'],
    ['no text', new ConflictException(), 409, 'Conflict', 'Conflict'],
    [
      'a server error on purpose',
      new InternalServerErrorException('try later'),
      500,
      'Internal Server Error',
      'try later',
    ],
  ])('says what an HTTP exception with %s says', (_title, exception, statusCode, error, message) => {
    expect(errorBody(exception)).toEqual({ statusCode, error, message, details: [] });
  });

  it('passes the failing fields on, and nothing else of them', () => {
    const details = [{ field: 'content.text', reason: 'should not be empty', value: 'secret' }, 'noise'];
    expect(errorBody(new BadRequestException({ message: 'the request is invalid', details, internal: 1 }))).toEqual({
      statusCode: 400,
      error: 'Bad Request',
      message: 'the request is invalid',
      details: [{ field: 'content.text', reason: 'should not be empty' }],
    });
  });

  it("reads the fields out of ValidationPipe's texts", () => {
    expect(errorBody(new BadRequestException(['to.id must be a string'])).details).toEqual([
      { field: 'to.id', reason: 'must be a string' },
    ]);
  });

  it.each([new Unavailable('kafka', 'broker 10.0.0.7 refused'), new Retryable('lock held by pod-3')])(
    'answers 503 to %p without naming what is inside',
    (error) => {
      const body = errorBody(error);
      expect(body).toMatchObject({ statusCode: 503, error: 'Service Unavailable' });
      expect(JSON.stringify(body)).not.toMatch(/kafka|10\.0\.0\.7|pod-3/);
    },
  );

  it.each([new Error('select * from secrets'), 'thrown text', undefined, { statusCode: 200 }])(
    'answers 500 to %p with a constant text',
    (thrown) => {
      expect(errorBody(thrown)).toEqual({
        statusCode: 500,
        error: 'Internal Server Error',
        message: 'an internal error occurred',
        details: [],
      });
    },
  );

  it('keeps the status of what Fastify refuses, but never quotes the body', () => {
    const tooLarge = fastifyError(413, 'FST_ERR_CTP_BODY_TOO_LARGE', 'Request body is too large');
    expect(errorBody(tooLarge)).toMatchObject({ statusCode: 413, message: 'Request body is too large' });
    const malformed = Object.assign(new SyntaxError('Unexpected token, "hello +1555" is not valid JSON'), {
      statusCode: 400,
    });
    expect(errorBody(malformed)).toMatchObject({ statusCode: 400, message: 'the body is not valid JSON' });
  });
});
