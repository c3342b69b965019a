// Holds every answer the App gets against the description of the REST interface.
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const description = parse(readFileSync(new URL('../../src/main/openapi/postil.yaml', import.meta.url), 'utf8'));
const ajv = new Ajv.default({ strict: false, allErrors: true });
ajv.addSchema({ $id: 'postil', ...description });

const routes = Object.entries(description.paths).flatMap(([path, item]) => Object.keys(item).filter((m) => m !== 'parameters').map((method) => ({
  method: method.toUpperCase(),
  pattern: new RegExp('^/api/v1' + path.replace(/\{[^}]+\}/g, '[^/]+') + '$'),
  pointer: `postil#/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1')}/${method}/responses/200/content/application~1json/schema`,
})));
const validators = new Map();

/** What is wrong with an answer; empty if nothing is. */
export function faults(method, path, status, body) {
  const route = routes.find((r) => r.method === method && r.pattern.test(path));
  if (!route) return [`${method} ${path} is not described`];
  const ref = status === 200 ? route.pointer : 'postil#/components/schemas/Error';
  const key = encodeURI(ref);
  if (!validators.has(key)) validators.set(key, ajv.compile({ $ref: key }));
  const validate = validators.get(key);
  return validate(body) ? [] : validate.errors.slice(0, 5).map((e) => `${method} ${path}: ${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
}
