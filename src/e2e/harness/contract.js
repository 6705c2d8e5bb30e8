import Ajv2020 from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const here = path.dirname(fileURLToPath(import.meta.url));
const METHODS = ['get', 'put', 'post', 'patch', 'delete', 'head', 'options'];
const FORMATS = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  int32: true,
  int64: true,
  double: true,
  uri: /^[a-z][a-z0-9+.-]*:/i,
  email: /@/,
};

const escape = (part) => part.replaceAll('~', '~0').replaceAll('/', '~1');

/** The response schemas of the contract by operation and status. */
export class Contract {
  #document;
  #ajv;
  #routes = [];
  #validators = new Map();

  static load(file = path.join(here, '../../../openapi/queues.yaml')) {
    return new Contract(parse(readFileSync(file, 'utf8')));
  }

  constructor(document) {
    this.#document = document;
    this.#ajv = new Ajv2020({ strict: false, allErrors: true, formats: FORMATS });
    this.#ajv.addSchema(document, 'contract');
    const prefix = new URL(document.servers?.[0]?.url ?? '/', 'http://any').pathname.replace(/\/$/, '');
    for (const [template, item] of Object.entries(document.paths)) {
      const parts = (template.startsWith('/client/v4') ? template : prefix + template).split('/');
      for (const method of METHODS) {
        if (item[method]) {
          this.#routes.push({
            method: method.toUpperCase(),
            parts,
            operation: item[method],
            pointer: `/paths/${escape(template)}/${method}`,
          });
        }
      }
    }
  }

  /** Ids of all operations. */
  get operationIds() {
    return this.#routes.map(({ operation }) => operation.operationId);
  }

  /** The operation of a request, or undefined. */
  find(method, target) {
    const asked = target.split('?')[0].replace(/\/{2,}/g, '/').split('/');
    const fits = (parts) =>
      parts.length === asked.length && parts.every((part, i) => (part.startsWith('{') ? asked[i] !== '' : part === asked[i]));
    const found = this.#routes.filter((route) => route.method === method && fits(route.parts));
    const braces = (route) => route.parts.filter((part) => part.startsWith('{')).length;
    return found.sort((a, b) => braces(a) - braces(b))[0];
  }

  /** The violations in a response, as texts; [] if there are none. */
  differences(method, target, status, headers, body) {
    const route = this.find(method, target);
    if (!route) return [`no operation for ${method} ${target}`];
    const name = route.operation.operationId;
    const { responses } = route.operation;
    const range = `${String(status)[0]}XX`;
    const key = [String(status), range, 'default'].find((candidate) => responses[candidate]);
    if (!key) return [`${name}: status ${status} is not in the contract`];
    const type = (headers['content-type'] ?? '').split(';')[0];
    const { value: response, pointer } = this.#resolve(`${route.pointer}/responses/${key}`);
    const media = response.content?.[type];
    if (!media) return [`${name} ${status}: content type "${type}" is not in the contract`];
    if (!media.schema) return [`${name} ${status}: the contract has no schema`];
    let json;
    try {
      json = JSON.parse(body);
    } catch {
      return [`${name} ${status}: not JSON: ${String(body).slice(0, 200)}`];
    }
    const validate = this.#validator(`${pointer}/content/${escape(type)}/schema`);
    if (validate(json)) return [];
    return validate.errors.map(
      (error) => `${name} ${status}: ${error.instancePath || '/'} ${error.message} ${JSON.stringify(error.params)}`,
    );
  }

  #resolve(pointer) {
    const value = pointer
      .split('/')
      .slice(1)
      .reduce((node, part) => node[part.replaceAll('~1', '/').replaceAll('~0', '~')], this.#document);
    return value.$ref ? this.#resolve(value.$ref.slice(1)) : { value, pointer };
  }

  #validator(pointer) {
    let validate = this.#validators.get(pointer);
    if (!validate) {
      const fragment = pointer.split('/').map(encodeURIComponent).join('/');
      validate = this.#ajv.compile({ $ref: `contract#${fragment}` });
      this.#validators.set(pointer, validate);
    }
    return validate;
  }
}
