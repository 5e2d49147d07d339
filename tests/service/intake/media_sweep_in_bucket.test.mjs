// SPDX-License-Identifier: Apache-2.0
// The same sweep, of a bucket.
process.env.MEDIA_IN_BUCKET = 'true';
await import('./media_sweep.test.mjs');
