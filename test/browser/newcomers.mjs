// What the walk of a new office needs: README's own commands, and people who can only click what a page shows, each act counted.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { sheet } from './help.mjs';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';

const program = process.env.GAPURA || resolve(import.meta.dirname, '../../bin/gapura');

/** The commands of README.md's section "Running it for real", in its order: {args, note}. */
export function readme() {
  const text = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');
  const section = text.split('\n## Running it for real\n')[1].split('\n## ')[0];
  const lines = [...section.matchAll(/```\n([\s\S]*?)```/g)].flatMap((m) => m[1].trim().split('\n'));
  return lines.map((line) => {
    const [, command, note = ''] = line.match(/^gapura (.*?)(?:\s+# (.*))?$/) ?? assert.fail(`README: not a command: ${line}`);
    return { args: command.match(/"[^"]*"|\S+/g).map((a) => a.replaceAll('"', '')), note };
  });
}

/** Runs README's commands in a folder, with the words that stand for something put in. */
export class Shell {
  constructor(dir, env = {}) {
    this.dir = dir;
    this.env = { ...process.env, ...env };
    this.left = readme();
    this.servers = [];
  }

  /** The next command of README.md, which must begin so; what it is followed by is taken as it stands. */
  take(begin, words = {}) {
    const next = this.left.shift();
    assert.ok(next, `README.md ends before "gapura ${begin}"`);
    const args = next.args.map((a) => words[a] ?? a);
    assert.equal(args.slice(0, begin.split(' ').length).join(' '), begin, 'README.md goes on otherwise');
    return { args, note: next.note };
  }

  run(begin, words) {
    const { args } = this.take(begin, words);
    return this.gapura(...args);
  }

  gapura(...args) {
    try {
      return execFileSync(program, args, { cwd: this.dir, env: this.env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (e) {
      throw new Error(`gapura ${args.join(' ')}: ${e.status}\n${e.stderr}`);
    }
  }

  /** Starts a server of README.md and returns the address that it says it listens on. */
  async serve(begin) {
    const { args } = this.take(begin);
    const server = spawn(program, args, { cwd: this.dir, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.servers.push(server);
    process.once('exit', () => server.kill('SIGKILL'));
    let said = '', wrong = '';
    server.stderr.on('data', (b) => { wrong = (wrong + b).slice(-4000); });
    const address = await new Promise((done, fail) => {
      server.stdout.on('data', (b) => {
        said += b;
        const at = said.match(/listens on (\S+)/);
        if (at) done(at[1]);
      });
      server.once('exit', () => fail(new Error(`gapura ${begin} ended: ${wrong}`)));
    });
    assert.match(readFileSync(`/proc/${server.pid}/limits`, 'utf8'), /Max core file size +0 +0 /, `gapura ${begin} may leave a core dump`);
    return address;
  }

  /** Begins a command of README.md that waits for somebody; says gives what it prints until it fits, ended its end. */
  begin(begin, words) {
    const { args } = this.take(begin, words);
    const command = spawn(program, args, { cwd: this.dir, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.servers.push(command);
    let said = '';
    const ended = new Promise((done, fail) => command.once('exit', (status) => (status === 0 ? done(said) : fail(new Error(`gapura ${begin} ended with ${status}: ${said}`)))));
    const says = (pattern) => Promise.race([ended, new Promise((done) => {
      const look = (b) => { said += b; const found = said.match(pattern); if (found) done(found); };
      command.stdout.on('data', look);
      command.stderr.on('data', look);
    })]);
    return { ended, says };
  }

  async end() {
    for (const server of this.servers.reverse()) {
      if (server.exitCode !== null || server.signalCode !== null) continue;
      const ended = new Promise((done) => server.once('exit', done));
      server.kill('SIGTERM');
      await ended;
    }
  }

  /** Edits a configuration as its reader would: sets keys that stand in it. */
  edit(file, values, write) {
    const path = join(this.dir, file);
    let text = readFileSync(path, 'utf8');
    for (const [key, value] of Object.entries(values)) {
      const line = new RegExp(`^${key} = .*$`, 'm');
      assert.match(text, line, `${file} names the key ${key}`);
      text = text.replace(line, `${key} = ${JSON.stringify(value)}`);
    }
    write(path, text);
  }
}

/** Counts by first: presses of links, buttons and boxes, and fields that had to be filled in. */
export class Tally {
  rows = [];

  /** What is done from now on is needed for this first; what was begun for it before counts with it. */
  toward(name) {
    this.now = this.rows.find((r) => r.name === name);
    if (!this.now) this.rows.push(this.now = { name, clicks: 0, fields: 0 });
  }

  /** Counts with another first what is done in between for its sake. */
  async during(name, act) {
    const before = this.now.name;
    this.toward(name);
    await act();
    this.toward(before);
  }

  click() { this.now.clicks++; }

  field() { this.now.fields++; }
}

/** Somebody before a browser of their own. Every act is on something that the page shows; what a field holds already is left as it is and costs nothing. */
export class Person {
  constructor(name, context, tally) {
    Object.assign(this, { name, context, tally });
  }

  /** Opens an address that was given to this person: printed by a command, or shown on somebody's page. */
  async open(url) {
    this.page ??= await this.context.newPage();
    await this.page.goto(url);
  }

  async click(role, name, within = this.page) {
    const target = within.getByRole(role, { name, exact: typeof name === 'string' }).first();
    await target.click({ timeout: 15_000 }).catch((e) => { return this.text().then((shown) => assert.fail(`${this.name} finds no ${role} "${name}" at ${this.page.url()}:\n${shown}\n${e.message.split('\n')[0]}`)); });
    this.tally.click();
    await this.page.waitForLoadState();
  }

  /** Follows a link or presses a button and waits for the page that answers. */
  async go(role, name, within) {
    await Promise.all([this.page.waitForEvent('load'), this.click(role, name, within)]);
  }

  /** Opens what lies under a fold. */
  async unfold(name) {
    await this.page.locator('summary', { hasText: name }).click();
    this.tally.click();
  }

  /** Presses a button that answers with a PDF, and reads what is printed on it. */
  async download(name) {
    const [file] = await Promise.all([this.page.waitForEvent('download'), this.click('button', name)]);
    return sheet(await file.path());
  }

  /** Fills in a field or chooses from a list by its label, unless it holds that already. */
  async fill(label, value) {
    const field = this.page.getByLabel(label).first();
    await field.waitFor({ timeout: 5000 }).catch(() => this.text().then((shown) => assert.fail(`${this.name} finds no field "${label}" at ${this.page.url()}:\n${shown}`)));
    const [tag, kind, held] = await field.evaluate((e) => [e.tagName, e.type, e.value]);
    if (kind === 'checkbox' || kind === 'radio') {
      if (await field.isChecked()) return;
      await field.check();
      this.tally.click();
      return;
    }
    if (kind === 'file') {
      await field.setInputFiles(value);
    } else if (held.replaceAll('\r', '') === value) {
      return;
    } else if (tag === 'SELECT') {
      await field.selectOption(value);
    } else {
      await field.fill(value);
    }
    this.tally.field();
  }

  async fillAll(fields) {
    for (const [label, value] of Object.entries(fields)) await this.fill(label, value);
  }

  /** Has these boxes of a group ticked and the others not. */
  async tick(group, labels) {
    const found = [];
    for (const box of await this.page.getByRole('group', { name: group }).getByRole('checkbox').all()) {
      const label = (await box.locator('xpath=..').innerText()).trim();
      const wanted = labels.includes(label);
      if (wanted) found.push(label);
      if (await box.isChecked() === wanted) continue;
      await box.setChecked(wanted);
      this.tally.click();
    }
    assert.deepEqual(found.sort(), [...labels].sort(), `boxes of "${group}" at ${this.page.url()}`);
  }

  async text(selector = 'main') { return (await this.page.locator(selector).first().innerText()).trim(); }
}

/** A mail server of the closed network, as small as RFC 5321 lets one be: what it takes waits for its reader. */
export class Post {
  #letters = [];
  #waiting = [];

  async open() {
    this.server = createServer((socket) => {
      let text = '', data = false;
      socket.on('error', () => {});
      socket.write('220 surat.example ESMTP\r\n');
      socket.on('data', (b) => {
        text += b;
        for (let end; (end = text.indexOf(data ? '\r\n.\r\n' : '\r\n')) >= 0;) {
          const said = text.slice(0, end);
          text = text.slice(end + (data ? 5 : 2));
          if (data) {
            data = false;
            this.#take(said);
            socket.write('250 taken\r\n');
          } else if (/^DATA/i.test(said)) {
            data = true;
            socket.write('354 go on\r\n');
          } else {
            socket.write(/^QUIT/i.test(said) ? '221 bye\r\n' : '250 ok\r\n');
          }
        }
      });
    }).listen(0, '127.0.0.1');
    await new Promise((done) => this.server.once('listening', done));
    return this.server.address().port;
  }

  #take(letter) {
    const i = this.#waiting.findIndex((w) => w.pattern.test(letter));
    if (i < 0) this.#letters.push(letter);
    else this.#waiting.splice(i, 1)[0].done(letter);
  }

  /** The next letter that fits, also one that came before. */
  letter(pattern) {
    const i = this.#letters.findIndex((l) => pattern.test(l));
    if (i >= 0) return Promise.resolve(this.#letters.splice(i, 1)[0]);
    return new Promise((done) => this.#waiting.push({ pattern, done }));
  }

  close() { this.server?.close(); }
}
