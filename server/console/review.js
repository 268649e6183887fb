// Bank lines that wait for a person: the text, its best candidates with their evidence, one key to decide.

import { get, post } from './api.js';
import { verdicts } from './texts.js';

const $ = (id) => document.getElementById(id);

/** `tools` are those of console.js that every section uses. */
export function makeReview({ state, text, number, money, moment, element, figures, attempt, notice }) {
	const review = { lines: [], at: 0, next: null, last: null };

	const name = (id) => state.merchants.get(id) ?? id;
	const said = (verdict) => verdicts[state.language][verdict] ?? verdict;

	async function load(after = 0) {
		const page = await get(`/v1/review?after=${after}&limit=50&language=${state.language}`);
		review.lines = after ? [...review.lines, ...page.lines] : page.lines;
		review.next = page.next;
		review.at = Math.min(review.at, Math.max(0, review.lines.length - 1));
		draw();
	}

	// The queue

	function draw() {
		$('review-list').replaceChildren(...review.lines.map((line, at) => element('li', {},
			element('button', {
				type: 'button', 'data-line': line.id, title: line.descriptor,
				'aria-current': String(at === review.at), onclick: () => choose(at),
			}, element('span', { class: 'cut' }, line.descriptor),
			element('span', { class: 'soft' }, money(Math.abs(line.amount), line.currency))))));
		$('review-empty').hidden = review.lines.length > 0;
		$('review-more').hidden = !review.next;
		drawLine();
	}

	function choose(at) {
		if (at < 0 || at >= review.lines.length)
			return;
		review.at = at;
		draw();
		$('review-text').focus();
	}

	// A line

	function drawLine() {
		const line = review.lines[review.at];
		$('review-line').hidden = !line;
		if (!line)
			return;
		$('review-text').replaceChildren(...marked(line));
		figures($('review-facts'), [
			[text('amount'), money(Math.abs(line.amount), line.currency)],
			[text('date'), moment(line.occurred_ms)],
			[text('member'), `${line.member.slice(0, 8)}…`],
			...(line.mcc ? [['MCC', line.mcc]] : []),
		]);
		$('review-candidates').replaceChildren(...line.candidates.map(drawCandidate));
	}

	/** The bank's text, with the part that names the merchant marked; spans are bytes of UTF-8. */
	function marked(line) {
		const bytes = new TextEncoder().encode(line.descriptor), words = new TextDecoder();
		const part = (from, to) => words.decode(bytes.slice(from, to));
		const from = Number(line.merchant_from ?? 0), to = Number(line.merchant_to ?? 0);
		return [part(0, from), element('mark', {}, part(from, to)), part(to)];
	}

	function drawCandidate(candidate, at) {
		const evidence = candidate.evidence.map((piece) => element('tr', {},
			element('td', {}, piece.words),
			element('td', { class: `number ${piece.weight < 0 ? 'minus' : 'plus'}` },
				(piece.weight > 0 ? '+' : '') + number(piece.weight / 1000))));
		return element('li', { class: 'candidate' },
			element('button', {
				type: 'button', class: at ? '' : 'primary', 'data-candidate': candidate.merchant,
				'aria-keyshortcuts': String(at + 1),
				onclick: () => attempt(() => decide(candidate.merchant)),
			}, element('kbd', {}, String(at + 1)), ` ${candidate.name} `,
			element('span', { class: 'certainty' }, `${number(Number(candidate.certainty) / 100)} %`)),
			element('table', {}, element('tbody', {}, ...evidence)));
	}

	// Deciding

	function who() {
		const typed = $('review-who').value.trim();
		if (!typed) {
			notice(text('whoMissing'));
			$('review-who').focus();
		}
		return typed;
	}

	const answer = (id, verb, body) => post(`/v1/review/${id}/${verb}`, body, crypto.randomUUID());

	/** Without a merchant: none of these. */
	async function decide(merchant) {
		const line = review.lines[review.at], reference = who();
		if (!line || !reference)
			return;
		const receipt = merchant ? await answer(line.id, 'confirm', { merchant, reference })
			: await answer(line.id, 'refuse', { reference });
		if (receipt.verdict !== 'ACCEPTED') {
			notice(said(receipt.verdict));
			return load();
		}
		review.last = receipt.id;
		review.lines.splice(review.at, 1);
		review.at = Math.min(review.at, Math.max(0, review.lines.length - 1));
		tell(merchant ? text('confirmed', { merchant: name(merchant), points: number(receipt.points) })
			: text('refused', { text: line.descriptor }));
		draw();
		(review.lines.length ? $('review-text') : $('review-back')).focus();
	}

	function tell(message) {
		$('review-done').hidden = false;
		$('review-said').textContent = message;
		$('review-back').hidden = !review.last;
	}

	async function takeBack(id) {
		const reference = who();
		if (!id || !reference)
			return;
		const receipt = await answer(id, 'take-back', { reference });
		if (receipt.verdict !== 'ACCEPTED')
			return void notice(said(receipt.verdict));
		review.last = null;
		tell(text('takenBack', { points: number(receipt.points) }));
		await load();
		if ($('learnt').open)
			await loadLearnt();
	}

	// What was learnt

	async function loadLearnt() {
		const page = await get('/v1/learnt?limit=500');
		$('learnt-empty').hidden = page.learnt.length > 0;
		$('learnt-table').tBodies[0].replaceChildren(...page.learnt.reverse().map((row) => element('tr', {},
			element('td', {}, row.text),
			element('td', {}, text(row.votes > 0 ? 'means' : 'meansNot', { merchant: name(row.merchant) })),
			element('td', {}, row.who),
			element('td', {}, moment(row.at_ms)),
			element('td', {}, row.taken_back ? text('isTakenBack') : element('button', {
				type: 'button', 'data-learnt': row.id, 'aria-label': `${text('takeBack')}: ${row.text}`,
				onclick: () => attempt(() => takeBack(row.id)),
			}, text('takeBack'))))));
	}

	// Keys: 1 to 4 a candidate, 0 none, u takes the last decision back, the arrows go through the queue

	function pressed(event) {
		const elsewhere = event.ctrlKey || event.altKey || event.metaKey || event.target.matches('input');
		if ($('view-review').hidden || elsewhere)
			return;
		const line = review.lines[review.at];
		const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1] ?? ''; // whatever the layout puts on it
		const candidate = line?.candidates[Number(digit) - 1];
		const action = candidate ? () => attempt(() => decide(candidate.merchant))
			: digit === '0' && line ? () => attempt(() => decide(null))
				: event.key === 'u' && review.last ? () => attempt(() => takeBack(review.last))
					: event.key === 'ArrowDown' ? () => choose(review.at + 1)
						: event.key === 'ArrowUp' ? () => choose(review.at - 1) : null;
		if (!action)
			return;
		event.preventDefault();
		action();
	}

	document.addEventListener('keydown', pressed);
	$('review-none').addEventListener('click', () => attempt(() => decide(null)));
	$('review-back').addEventListener('click', () => attempt(() => takeBack(review.last)));
	$('review-more').addEventListener('click', () => attempt(() => load(review.next)));
	$('learnt').addEventListener('toggle', () => $('learnt').open && attempt(loadLearnt));
	$('review-who').value = localStorage.getItem('rewapp.who') ?? '';
	$('review-who').addEventListener('change', () =>
		localStorage.setItem('rewapp.who', $('review-who').value.trim()));

	return { load, who, redraw: () => !$('view-review').hidden && attempt(() => load()) };
}
