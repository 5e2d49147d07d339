// SPDX-License-Identifier: Apache-2.0
// Where the demo asks who you are: a list of people instead of a password.
import { people } from './people.mjs';

function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

function choice([key, person]) {
  const unit = person.unit === undefined ? '' : ` · ${person.unit}`;
  return `<li><button name="person" value="${escapeHtml(key)}">${escapeHtml(person.name)}
    <small>${escapeHtml(person.role + unit)}</small></button></li>`;
}

export function signInPage(uid) {
  return `<!doctype html>
<html lang="vi">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Đăng nhập thử – iHaNoi</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 2rem auto; padding: 0 1rem }
  ul { list-style: none; padding: 0 }
  button { font: inherit; width: 100%; text-align: left; padding: .6rem 1rem; margin: .2rem 0 }
  small { float: right; color: #555 }
</style>
<h1>Đăng nhập thử</h1>
<p>Bạn là ai? <span lang="en">Demonstration: choose who you are.</span></p>
<form method="post" action="/interaction/${escapeHtml(uid)}"><ul>
${[...people].map(choice).join('\n')}
</ul></form>
</html>`;
}
