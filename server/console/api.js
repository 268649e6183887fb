// The way to the server: the key of this tab, JSON there and back, problems as errors.

export class Problem extends Error {
	constructor(status, body) {
		super(body.detail || body.title || String(status));
		this.status = status;
		this.code = body.code || '';
		this.field = body.field || '';
	}
}

export const key = {
	get: () => sessionStorage.getItem('rewapp.key'),
	set: (text) => sessionStorage.setItem('rewapp.key', text),
	forget: () => sessionStorage.removeItem('rewapp.key'),
};

async function send(path, options = {}) {
	const response = await fetch(path, {
		...options, cache: 'no-store', headers: { Authorization: `Bearer ${key.get()}`, ...options.headers },
	});
	if (!response.ok)
		throw new Problem(response.status, await response.json().catch(() => ({})));
	return response;
}

export async function get(path) {
	return (await send(path)).json();
}

export async function getImage(path) {
	return URL.createObjectURL(await (await send(path)).blob());
}

/** `id` makes it safe to send the same again; without it nothing is changed. */
export async function post(path, body, id) {
	const headers = { 'Content-Type': 'application/json', ...(id ? { 'Idempotency-Key': id } : {}) };
	return (await send(path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
}
