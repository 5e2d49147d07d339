// SPDX-License-Identifier: Apache-2.0
// A client of Open311 that shares no code with the server: fetch, JSON.parse, and a strict XML parser.
import assert from 'node:assert/strict';
import { DOMParser } from '@xmldom/xmldom';
import { until } from '../../../deploy/local/process.mjs';
import { Stack } from '../../../deploy/local/stack.mjs';
import { takeOffset } from '../../support/ports.mjs';
import { Topics } from '../../support/topics.mjs';
import { categories, reference } from './city.mjs';

export const TYPES = { xml: 'text/xml; charset=utf-8', json: 'application/json; charset=utf-8' };
export const FORMATS = Object.keys(TYPES);

/** The root element; whatever is not well-formed throws. */
export function parseXml(text) {
    const refuse = (level, message) => assert.fail(`${level}: ${message}\n${text}`);
    return new DOMParser({ onError: refuse }).parseFromString(text, 'text/xml').documentElement;
}

export const children = (element) => [...element.childNodes].filter((node) => node.nodeType === 1);
/** The text of the child of this name. */
export const textOf = (element, name) => children(element).find((e) => e.nodeName === name)?.textContent;

/** The XML says what the JSON says, by the Spark mapping. */
export function assertSame(element, json, path = element.nodeName) {
    if (json === null || typeof json !== 'object') {
        assert.equal(children(element).length, 0, path);
        assert.equal(element.textContent, json === null ? '' : String(json), path);
        return;
    }
    const found = children(element);
    if (Array.isArray(json)) {
        assert.equal(found.length, json.length, path);
        assert.ok(new Set(found.map((e) => e.nodeName)).size <= 1, `${path}: one repeated child`);
        found.forEach((child, i) => assertSame(child, json[i], `${path}[${i}]`));
        return;
    }
    assert.deepEqual(found.map((e) => e.nodeName), Object.keys(json), path);
    for (const child of found) assertSame(child, json[child.nodeName], `${path}.${child.nodeName}`);
}

/** intake with the categories of the city, a promise for this month, and nobody behind it. */
export class Open311 {
    constructor({ folder }) {
        this.stack = new Stack({ folder, offset: takeOffset() });
    }

    async start(defined = categories) {
        this.stack.writeApiKeys();
        await this.stack.startBackends();
        await this.stack.prepare('intake');
        this.topics = new Topics(this.stack.kafka.brokers);
        await this.topics.publish(reference(defined));
        await this.stack.startService('intake');
    }

    async stop() {
        await this.topics?.close();
        await this.stack.discard();
    }

    query(sql, parameters = []) {
        return this.stack.postgres.query(sql, parameters, 'intake');
    }

    async call(path, { method = 'GET', form, headers, base = `${this.stack.url('intake')}/open311/v2` } = {}) {
        const answer = await fetch(base + path, { method, headers, body: form && new URLSearchParams(form) });
        const text = await answer.text();
        const type = answer.headers.get('content-type');
        return {
            status: answer.status, headers: answer.headers, type, text,
            json: text !== '' && /json/.test(type) ? JSON.parse(text) : undefined,
            xml: text !== '' && /xml/.test(type) ? parseXml(text) : undefined,
        };
    }

    /** The answer in JSON, which must be a good one; its XML must say the same. */
    async get(path, query = {}) {
        const [xml, json] = await Promise.all(FORMATS.map((format) =>
            this.call(`${path}.${format}?${new URLSearchParams(query)}`)));
        assert.equal(json.status, 200, json.text);
        assert.equal(xml.status, 200, xml.text);
        assertSame(xml.xml, json.json);
        return json.json;
    }

    /** Refused with this status in both formats; the descriptions of the errors. */
    async refused(status, path, { method, form, query = {} } = {}) {
        const [xml, json] = await Promise.all(FORMATS.map((format) =>
            this.call(`${path}.${format}?${new URLSearchParams(query)}`, { method, form })));
        for (const [i, answer] of [xml, json].entries()) {
            assert.equal(answer.status, status, answer.text);
            assert.equal(answer.type, TYPES[FORMATS[i]]);
        }
        assert.equal(xml.xml.nodeName, 'errors');
        assert.ok(children(xml.xml).every((error) => error.nodeName === 'error'));
        assertSame(xml.xml, json.json);
        for (const { code, description } of json.json) {
            assert.equal(code, status);
            assert.ok(description);
        }
        return json.json.map((error) => error.description);
    }

    async file(form = {}) {
        const answer = await this.call('/requests.json', { method: 'POST', form: {
            api_key: 'demo-key', service_code: 'giao-thong', lat: '21.0287', long: '105.8524',
            description: 'Hố sụt lún giữa đường.', ...form } });
        assert.equal(answer.status, 200, answer.text);
        const { service_request_id: ticket } = answer.json[0];
        const [{ id }] = await this.query('SELECT id FROM submission WHERE ticket = $1', [ticket]);
        return { ticket, id };
    }

    /** Publishes events of cases, and waits until the last is here. */
    async tell(...events) {
        await this.topics.publish(events);
        const { key, value } = events.at(-1);
        await until('the case', async () => (await this.query(
            'SELECT 1 FROM submission_case WHERE submission_id = $1 AND version >= $2',
            [key, JSON.parse(value).version])).length === 1, 20000);
    }
}
