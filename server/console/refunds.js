// Money that a bank gave back and of which no purchase is known: a person names the purchase, or says that
// there is nothing to take back.

import { get, post } from './api.js';
import { verdicts } from './texts.js';

const $ = (id) => document.getElementById(id);

/** `tools` are those of console.js; `who` says who decides, "" after asking for it. */
export function makeRefunds({ state, text, money, moment, element, attempt, notice, currencyOf, who }) {
	const name = (id) => state.merchants.get(id) ?? '';
	const said = (verdict) => verdicts[state.language][verdict] ?? verdict;

	async function load() {
		const { lines } = await get('/v1/bank-lines?outcome=orphan&limit=100');
		const rows = [];
		for (const line of lines)
			rows.push(await drawLine(line));
		$('refunds-empty').hidden = rows.length > 0;
		$('refunds-table').tBodies[0].replaceChildren(...rows);
	}

	/** What the member bought there, the newest first. */
	async function purchases(line) {
		const { member, programme, merchant } = line;
		const { entries } = await get(`/v1/members/${member}/statement?programme=${programme}&limit=100`);
		return entries.filter((entry) =>
			entry.code === 'award' && (!merchant || entry.merchant === merchant));
	}

	async function drawLine(line) {
		const bought = await purchases(line);
		const choice = element('select', { 'aria-label': text('ofPurchase'), 'data-refund': line.id },
			element('option', { value: '' }, text('nothingToTake')),
			...bought.map((entry) => element('option', { value: entry.command },
				`${moment(entry.occurred_ms)} ${name(entry.merchant)}`)));
		return element('tr', {},
			element('td', {}, line.descriptor),
			element('td', { class: 'number' }, money(line.amount, await currencyOf(line.programme))),
			element('td', {}, moment(line.occurred_ms)),
			element('td', {}, choice),
			element('td', {}, element('button', {
				type: 'button', 'data-settle': line.id,
				'aria-label': `${text('settle')}: ${line.descriptor}`,
				onclick: () => attempt(() => settle(line, choice.value)),
			}, text('settle'))));
	}

	/** The return and the end of the waiting, both or neither. */
	async function settle(line, purchase) {
		const reference = who();
		if (!reference)
			return;
		const confirm = {
			kind: 'confirm', id: crypto.randomUUID(), target: line.id, nobody: true, reference,
		};
		const commands = purchase ? [{ kind: 'return', id: crypto.randomUUID(), target: purchase,
			amount: String(line.amount), linked: true }, confirm] : [confirm];
		const { receipts } = await post('/v1/commands', { commands });
		const wrong = receipts.find((receipt) => !['ACCEPTED', 'LINKED_FAILED'].includes(receipt.verdict));
		await load(); // first: who reads the notice finds a list that stays
		if (wrong)
			notice(said(wrong.verdict));
	}

	$('refunds').addEventListener('toggle', () => $('refunds').open && attempt(load));

	return { redraw: () => $('refunds').open && attempt(load) };
}
