// The console: who are the members, what do they have and why, a QR code, a till, a chart.

import { Problem, get, getImage, key, post } from './api.js';
import { drawChart } from './chart.js';
import { makeRefunds } from './refunds.js';
import { makeReview } from './review.js';
import { codes, texts, verdicts } from './texts.js';

const $ = (id) => document.getElementById(id);
const state = { language: 'en', who: null, member: null, statement: [], code: null, merchants: new Map(),
	programmes: new Map(), timer: 0, days: [] };

// Language

const text = (name, values = {}) => Object.entries(values).reduce(
	(so_far, [what, value]) => so_far.replace(`{${what}}`, value), texts[state.language][name] ?? name);
const number = (value) => new Intl.NumberFormat(state.language).format(Number(value || 0));
const day = (ms) => new Intl.DateTimeFormat(state.language, { dateStyle: 'medium' }).format(Number(ms));
const moment = (ms) => new Intl.DateTimeFormat(state.language, { dateStyle: 'medium', timeStyle: 'short' })
	.format(Number(ms));
const short = (id) => `${id.slice(0, 8)}…${id.slice(-4)}`;

function money(minor, currency = 'EUR') {
	const format = new Intl.NumberFormat(state.language, { style: 'currency', currency });
	return format.format(Number(minor || 0) / 10 ** format.resolvedOptions().maximumFractionDigits);
}

function setLanguage(language) {
	state.language = language;
	localStorage.setItem('rewapp.language', language);
	document.documentElement.lang = language;
	for (const element of document.querySelectorAll('[data-text]'))
		element.textContent = text(element.dataset.text);
	for (const element of document.querySelectorAll('[data-label]'))
		element.setAttribute('aria-label', text(element.dataset.label));
	for (const button of document.querySelectorAll('[data-language]'))
		button.setAttribute('aria-pressed', button.dataset.language === language);
	redraw();
}

function setTheme(theme) {
	document.documentElement.dataset.theme = theme;
	localStorage.setItem('rewapp.theme', theme);
}

// Pieces

function element(name, attributes = {}, ...children) {
	const made = document.createElement(name);
	for (const [what, value] of Object.entries(attributes))
		if (what.startsWith('on'))
			made.addEventListener(what.slice(2), value);
		else
			made.setAttribute(what, value);
	made.append(...children);
	return made;
}

function notice(message) {
	$('notice').textContent = message;
	$('notice').hidden = !message;
}

/** Runs what a button or form asks for and says what went wrong. */
async function attempt(action) {
	notice('');
	try {
		await action();
	} catch (error) {
		if (error instanceof Problem && error.status === 401)
			leave();
		notice(error instanceof Problem ? error.message : text('offline'));
		if (!(error instanceof Problem) && !(error instanceof TypeError))
			throw error;
	}
}

function figures(list, entries) {
	list.replaceChildren(...entries.map(([label, value]) =>
		element('div', {}, element('dt', {}, label), element('dd', {}, value))));
}

// Sections

function show(view) {
	for (const section of document.querySelectorAll('main > section'))
		section.hidden = section.id !== `view-${view}`;
	for (const button of document.querySelectorAll('[data-view]'))
		button.toggleAttribute('aria-current', false);
	document.querySelector(`[data-view="${view}"]`)?.setAttribute('aria-current', 'page');
	$('leave').hidden = $('tabs').hidden = view === 'login';
	if (view === 'till')
		$('code').focus();
	if (view === 'login')
		$('key').focus();
	if (view === 'overview')
		attempt(loadTotals);
	if (view === 'review')
		attempt(review.load);
}

function leave() {
	key.forget();
	clearInterval(state.timer);
	state.who = state.member = null;
	$('member-panel').hidden = true;
	show('login');
}

async function enter() {
	state.who = await get('/v1/key');
	const platform = state.who.scope === 'platform';
	for (const view of ['members', 'review', 'overview'])
		document.querySelector(`[data-view="${view}"]`).hidden = !platform;
	$('till-merchant-field').hidden = !platform;
	if (platform) {
		const [, first] = await Promise.all([loadMerchants(), loadMembers(0)]);
		if (first)
			await showMember(first);
	}
	show(platform ? 'members' : 'till');
}

// Members

async function loadMerchants() {
	let after = 0;
	do {
		const page = await get(`/v1/merchants?after=${after}&limit=500`);
		for (const merchant of page.objects)
			state.merchants.set(merchant.id, merchant.name);
		after = page.next;
	} while (after);
	$('till-merchant').replaceChildren(...[...state.merchants].map(([id, name]) =>
		element('option', { value: id }, name)));
}

async function loadMembers(after) {
	const page = await get(`/v1/members?after=${after}&limit=50`);
	const rows = page.objects.map((member) => element('li', {}, element('button',
		{
			type: 'button', 'data-member': member.id, title: member.id,
			onclick: () => attempt(() => chooseMember(member.id)),
		},
		short(member.id), element('span', { class: 'soft' }, statusOf(member)))));
	if (after)
		$('member-list').append(...rows);
	else
		$('member-list').replaceChildren(...rows);
	$('member-more').hidden = !page.next;
	$('member-more').onclick = () => attempt(() => loadMembers(page.next));
	return page.objects[0]?.id;
}

function statusOf(member) {
	const names = ['active', 'blocked', 'closed'];
	const status = typeof member.status === 'string' ? member.status : names[member.status || 0];
	return status === 'active' ? '' : text(status);
}

/** Null where the programme keeps no tiers. */
async function tierOf(path) {
	try {
		return await get(`${path}/tier`);
	} catch (error) {
		if (error instanceof Problem && error.status === 404)
			return null;
		throw error;
	}
}

function drawTier(tier) {
	$('tier').hidden = !tier;
	if (!tier)
		return;
	const missing = tier.by === 'spend' ? money(tier.missing, tier.currency)
		: `${number(tier.missing)} ${text(tier.by)}`;
	const parts = [tier.tier ? text('tierNow', { tier: tier.tier }) : text('tierNone')];
	if (Number(tier.until_ms))
		parts.push(text('tierUntil', { date: day(tier.until_ms) }));
	if (tier.next)
		parts.push(text('tierNext', { tier: tier.next, missing, date: day(tier.period_until_ms - 1) }));
	$('tier').textContent = parts.join(' ');
}

async function showMember(id) {
	const path = `/v1/members/${encodeURIComponent(id)}`;
	const [member, balance, tier] = await Promise.all([get(path), get(`${path}/balance`), tierOf(path)]);
	state.member = { ...member, balance, tier };
	state.statement = [];
	hideQr();
	await loadStatement(0);
	for (const button of document.querySelectorAll('[data-member]'))
		button.setAttribute('aria-current', button.dataset.member === member.id);
	$('member-panel').hidden = false;
	drawMember();
}

async function chooseMember(id) {
	await showMember(id);
	$('member-name').focus();
}

function drawMember() {
	const { id, balance } = state.member;
	$('member-name').textContent = id;
	figures($('balance'), ['available', 'pending', 'held', 'debt'].map((what) =>
		[text(what), number(balance[what])]));
	$('next-expiry').hidden = !Number(balance.next_expiry_ms);
	if (Number(balance.next_expiry_ms))
		$('next-expiry').textContent = text('nextExpiry',
			{ points: number(balance.next_expiry_points), date: day(balance.next_expiry_ms) });
	drawTier(state.member.tier);
	drawStatement();
}

async function loadStatement(before) {
	const page = await get(`/v1/members/${state.member.id}/statement?before=${before}&limit=20`);
	state.statement.push(...page.entries);
	$('statement-more').hidden = !page.next;
	$('statement-more').onclick = () => attempt(async () => {
		await loadStatement(page.next);
		drawStatement();
	});
}

function drawStatement() {
	$('statement-empty').hidden = state.statement.length > 0;
	$('statement').hidden = state.statement.length === 0;
	$('statement').tBodies[0].replaceChildren(...state.statement.map(statementRow));
}

function statementRow(entry) {
	const points = Number(entry.points || 0);
	const why = element('button', { type: 'button', 'aria-expanded': 'false' }, text('why'));
	const row = element('tr', {},
		element('td', {}, moment(entry.recorded_ms)),
		element('td', {}, codes[state.language][entry.code] ?? entry.code, ...lifeOf(entry)),
		element('td', {}, state.merchants.get(entry.merchant) ?? ''),
		element('td', { class: `number ${points < 0 ? 'minus' : 'plus'}` },
			(points > 0 ? '+' : '') + number(points)),
		element('td', { class: 'number' }, number(entry.balance)),
		element('td', {}, why));
	why.addEventListener('click', () => attempt(() => explain(why, row, entry)));
	return row;
}

function lifeOf(entry) {
	const words = [];
	if (Number(entry.activates_ms) > Date.now())
		words.push(text('activatesOn', { date: day(entry.activates_ms) }));
	if (Number(entry.expires_ms))
		words.push(text('expiresOn', { date: day(entry.expires_ms) }));
	return words.length ? [element('div', { class: 'soft' }, words.join(', '))] : [];
}

// Why: each rule of the programme says what it gave, or why not.

async function explain(button, row, entry) {
	const open = button.getAttribute('aria-expanded') === 'true';
	button.setAttribute('aria-expanded', String(!open));
	if (open) {
		row.nextSibling.remove();
		return;
	}
	const receipt = await get(`/v1/receipts/${entry.command}`);
	const explained = await get(`/v1/receipts/${entry.command}/explanation?language=${state.language}`);
	const lines = explained.awards.map((award) => element('li', {}, sayAward(award)));
	if (!lines.length)
		lines.push(element('li', {}, text('noRules')));
	if (Number(receipt.certainty))
		lines.push(element('li', {}, text('certainty', { percent: `${number(receipt.certainty / 100)} %` })));
	row.after(element('tr', { class: 'why' }, element('td', { colspan: 6 }, element('ul', {}, ...lines))));
}

function sayAward(award) {
	const points = Number(award.points);

	const said = text(points ? 'ruleGave' : 'ruleNot', { rule: award.rule, points: number(points) });

	return `${said} – ${award.words}`;
}

async function currencyOf(programme) {
	if (!programme)
		return 'EUR';
	if (!state.programmes.has(programme)) {
		const { document: terms } = await get(`/v1/programmes/${programme}`);
		state.programmes.set(programme, terms?.currency ?? 'EUR');
	}
	return state.programmes.get(programme);
}

// The QR code and its fifteen minutes

function hideQr() {
	clearInterval(state.timer);
	$('qr').hidden = true;
}

async function mint() {
	const receipt = await post('/v1/qr', { member: state.member.id, points: Number($('points').value) },
		crypto.randomUUID());
	if (receipt.verdict !== 'ACCEPTED') {
		hideQr();
		notice(verdicts[state.language][receipt.verdict] ?? receipt.verdict);
		return;
	}
	const image = await getImage(`/v1/qr/${receipt.token}/image?format=svg`);
	URL.revokeObjectURL($('qr-image').src);
	$('qr-image').src = image;
	$('qr-image').alt = text('qrAlt', { points: number(receipt.points) });
	$('qr-points').textContent = await worthOf(receipt);
	$('qr-digits').textContent = receipt.token;
	$('qr').hidden = false;
	countDown(Date.now() + Number(receipt.expires_ms) - Number(receipt.recorded_ms || Date.now()));
	await refreshBalance();
}

async function refreshBalance() {
	state.member.balance = await get(`/v1/members/${state.member.id}/balance`);
	drawMember();
}

function countDown(end_ms) {
	const tick = () => {
		const left = Math.max(0, Math.ceil((end_ms - Date.now()) / 1000));
		const seconds = String(left % 60).padStart(2, '0');
		$('qr-left').textContent = left ? `${Math.floor(left / 60)}:${seconds}` : text('over');
		$('qr-progress').value = left;
		$('qr').classList.toggle('over', left === 0);
		if (left === 0)
			clearInterval(state.timer);
	};
	clearInterval(state.timer);
	state.timer = setInterval(tick, 500);
	tick();
}

// The till

const tillMerchant = () => state.who.scope === 'platform' ? { merchant: $('till-merchant').value } : {};

function tillSays(kind, verdict, detail) {
	$('till-result').hidden = false;
	$('till-result').className = `result ${kind}`;
	$('till-verdict').textContent = verdict;
	$('till-detail').textContent = detail;
	$('redeem').hidden = kind !== '';
}

async function worthOf(answer) {
	if (!Number(answer.points))
		return '';
	const amount = money(answer.amount, await currencyOf(answer.programme));
	return text('worth', { points: number(answer.points), amount });
}

async function scan() {
	const typed = $('code').value.trim();
	const found = await post('/v1/qr/inspect', { token: typed, ...tillMerchant() });
	// One id for this scan: pressing twice, or again after a lost answer, spends once.
	state.code = { token: found.token, id: crypto.randomUUID() };
	if (found.verdict === 'ACCEPTED') {
		tillSays('', text('ready'), await worthOf(found));
		$('redeem').focus();
	} else {
		tillSays('bad', verdicts[state.language][found.verdict] ?? found.verdict, await worthOf(found));
		$('code').select();
	}
}

async function redeem() {
	const receipt = await post('/v1/qr/redeem', { token: state.code.token, ...tillMerchant() }, state.code.id);
	if (receipt.verdict === 'ACCEPTED')
		tillSays('good', text('redeemed'), await worthOf(receipt));
	else
		tillSays('bad', verdicts[state.language][receipt.verdict] ?? receipt.verdict, '');
	$('code').value = '';
	$('code').focus();
}

// The overview

async function loadTotals() {
	const DAY = 86400000, today = Math.floor(Date.now() / DAY) * DAY;
	const { days } = await get(`/v1/totals?from_ms=${today - 29 * DAY}&until_ms=${today + DAY}`);
	const known = new Map(days.map((row) => [Number(row.day_ms), row]));
	state.days = Array.from({ length: 30 }, (_, index) => {
		const day_ms = today - (29 - index) * DAY, row = known.get(day_ms) ?? {};
		const count = (name) => Number(row[name] || 0);
		return { day_ms, issued: count('issued'), spent: count('spent'), expired: count('expired') };
	});
	drawTotals();
}

function drawTotals() {
	const series = ['issued', 'spent', 'expired'].map((name) => ({ key: name, label: text(name) }));
	const label = new Intl.DateTimeFormat(state.language, { day: 'numeric', month: 'short', timeZone: 'UTC' });
	const days = state.days.map((row) => ({ ...row, label: label.format(row.day_ms) }));
	figures($('sums'), series.map(({ key: name, label: title }) =>
		[title, number(days.reduce((sum, row) => sum + row[name], 0))]));
	$('chart').replaceChildren(drawChart(days, series, text('chart'), number));
	const eventful = days.filter((row) => row.issued || row.spent || row.expired);
	$('days').tBodies[0].replaceChildren(...eventful.map((row) => element('tr', {}, element('td', {}, row.label),
		...series.map(({ key: name }) => element('td', { class: 'number' }, number(row[name]))))));
}

/** What was made of data, again, in another language. */
function redraw() {
	if (state.member)
		drawMember();
	if (state.days.length)
		drawTotals();
	review.redraw();
	refunds.redraw();
	$('till-result').hidden = true;
}

// Bank lines that wait for a person

const review = makeReview({ state, text, number, money, moment, element, figures, attempt, notice });
const refunds = makeRefunds({ state, text, money, moment, element, attempt, notice, currencyOf, who: review.who });

// From keys and clicks to the functions above

function onSubmit(id, action) {
	$(id).addEventListener('submit', (event) => {
		event.preventDefault();
		attempt(action);
	});
}

onSubmit('login', async () => {
	key.set($('key').value.trim());
	$('key').value = '';
	await enter();
});
onSubmit('find', () => chooseMember($('member').value.trim()));
onSubmit('mint', mint);
onSubmit('scan', scan);
$('redeem').addEventListener('click', () => attempt(redeem));
$('leave').addEventListener('click', leave);
$('theme').addEventListener('click', () =>
	setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'));
for (const button of document.querySelectorAll('[data-language]'))
	button.addEventListener('click', () => setLanguage(button.dataset.language));
for (const button of document.querySelectorAll('[data-view]'))
	button.addEventListener('click', () => show(button.dataset.view));

setTheme(localStorage.getItem('rewapp.theme') ??
	(matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'));
setLanguage(localStorage.getItem('rewapp.language') ?? (navigator.language.startsWith('fr') ? 'fr' : 'en'));
if (key.get())
	attempt(enter);
else
	show('login');
