// A bar chart as inline SVG: three bars a day, a grid, and a label for who cannot see it.

const NAMESPACE = 'http://www.w3.org/2000/svg';
const WIDTH = 900, HEIGHT = 260, LEFT = 64, BOTTOM = 28, TOP = 26;

function node(name, attributes, ...children) {
	const made = document.createElementNS(NAMESPACE, name);
	for (const [key, value] of Object.entries(attributes))
		made.setAttribute(key, value);
	made.append(...children);
	return made;
}

// The next number that looks round on the grid: 1, 2, 4, 6, 8, 10, 20, 40, …
function roundUp(value) {
	const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
	return [1, 2, 4, 6, 8, 10].map((step) => step * power).find((top) => top >= value);
}

function grid(top, number) {
	const lines = [0, 1, 2, 3, 4].map((step) => {
		const y = HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * step / 4;
		return node('g', {},
			node('line', { class: 'grid', x1: LEFT, x2: WIDTH, y1: y, y2: y }),
			node('text', { x: LEFT - 8, y: y + 4, 'text-anchor': 'end' }, number(top * step / 4)));
	});
	return node('g', { 'aria-hidden': 'true' }, ...lines);
}

function legend(series) {
	return node('g', { 'aria-hidden': 'true' }, ...series.flatMap(({ key, label }, index) => [
		node('rect', { class: key, x: LEFT + index * 130, y: 2, width: 11, height: 11, rx: 3 }),
		node('text', { x: LEFT + index * 130 + 17, y: 12 }, label)]));
}

/** `days`: objects with `label` and one number for each of `series` ({ key, label }). */
export function drawChart(days, series, title, number) {
	const top = roundUp(Math.max(4, ...days.flatMap((day) => series.map(({ key }) => day[key]))));
	const step = (WIDTH - LEFT) / Math.max(days.length, 1), width = Math.min(step * .8 / series.length, 22);
	const bars = days.map((day, at) => node('g', {},
		node('title', {}, `${day.label}: ` +
			series.map(({ key, label }) => `${label} ${number(day[key])}`).join(', ')),
		...series.map(({ key }, index) => {
			const height = (HEIGHT - BOTTOM - TOP) * day[key] / top;
			return node('rect', { class: key, rx: Math.min(2, height / 2), width: width - 1, height,
				x: LEFT + at * step + step * .1 + index * width, y: HEIGHT - BOTTOM - height });
		})));
	const every = Math.ceil(days.length / 8);
	const labels = days.map((day, at) => at % every ? '' : node('text',
		{ x: LEFT + at * step + step / 2, y: HEIGHT - 8, 'text-anchor': 'middle' }, day.label));
	return node('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': title },
		grid(top, number), legend(series), ...bars, ...labels);
}
