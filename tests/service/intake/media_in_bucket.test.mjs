// SPDX-License-Identifier: Apache-2.0
// What is true of uploads is true wherever their files are: the same tests, with a bucket.
process.env.MEDIA_IN_BUCKET = 'true';
await import('./media.test.mjs');
